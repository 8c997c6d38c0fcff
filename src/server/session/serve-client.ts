import { ValueError, WireError } from '../../wire/errors.ts';
import { type Answer, internalError } from '../answer.ts';
import type { ClientInstance } from '../client-instance.ts';
import { EVENT_CLIENT } from '../events/server-events.ts';
import { answerRequest, type RequestContext } from './answer-request.ts';

/**
 * One connection from its keys to its response.
 * @param options.greeted whether the server has spoken first, by the header of its public key
 * @throws `WireError` when the connection ends early, for whatever reason; what a routine throws before there is a request
 */
export async function serveClient(
  client: ClientInstance,
  options: { greeted: boolean },
  context: RequestContext,
): Promise<void> {
  await client.exchangeKeys({ receiveFirst: !options.greeted, headerSent: options.greeted });
  await context.events.run(EVENT_CLIENT, { clientInstance: client });
  const parse = async () => {
    try {
      return await client.recvRequest();
    } finally {
      client.suspendTimeout();
    }
  };
  const answer = await answerRequest(parse, client, context);
  if (answer) await send(answer, client, context);
}

/** What a handler answers may be no message at all: too large, or with data that JSON does not have. */
async function send(answer: Answer, client: ClientInstance, context: RequestContext): Promise<void> {
  try {
    await client.sendResponse(answer);
  } catch (error) {
    if (error instanceof WireError && !(error instanceof ValueError)) throw error;
    await context.onRuntimeError('request', error, client);
    await client.sendResponse(internalError());
  }
}
