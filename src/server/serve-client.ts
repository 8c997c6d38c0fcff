import { MalformedMessage, WireError } from '../wire/errors.ts';
import type { Request } from '../wire/request.ts';
import { type Answer, badRequest, internalError } from './answer.ts';
import type { ClientInstance } from './client-instance.ts';
import type { RequestHandler } from './request-handler.ts';

export interface ServeContext {
  handlerOf: (verb: string) => RequestHandler | undefined;
  /** Called with what a handler threw. */
  onRuntimeError: (error: unknown) => void;
}

/**
 * One connection from its keys to its response.
 * @returns the verb, undefined when the request was malformed or nobody serves that verb
 * @throws `WireError` when the connection ends early, for whatever reason
 */
export async function serveClient(client: ClientInstance, context: ServeContext): Promise<string | undefined> {
  await client.exchangeKeys();
  const request = await requestOf(client);
  client.suspendTimeout();
  const answer = request ? await answerTo(client, request, context) : badRequest('Malformed request');
  if (answer) await client.sendResponse(answer);
  return request && context.handlerOf(request.verb) && request.verb;
}

/** Undefined when it was malformed. */
async function requestOf(client: ClientInstance): Promise<Request | undefined> {
  try {
    return await client.recvRequest();
  } catch (error) {
    if (error instanceof MalformedMessage) return undefined;
    throw error;
  }
}

async function answerTo(client: ClientInstance, request: Request, context: ServeContext): Promise<Answer | undefined> {
  const handler = context.handlerOf(request.verb);
  if (!handler) return badRequest('Unhandled verb');
  try {
    return await handler({ clientInstance: client, request, signal: client.closed });
  } catch (error) {
    if (error instanceof MalformedMessage) return badRequest('Malformed request');
    if (error instanceof WireError) throw error;
    context.onRuntimeError(error);
    return internalError();
  }
}
