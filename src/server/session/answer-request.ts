import { MalformedMessage, WireError } from '../../wire/errors.ts';
import type { Request } from '../../wire/request.ts';
import { type Answer, badRequest, internalError, invalidAccessToken, refusedRequest } from '../answer.ts';
import type { EventRoutines } from '../events/event-routines.ts';
import { EVENT_MALFORMED_REQUEST, EVENT_REQUEST, EVENT_UNKNOWN_VERB } from '../events/server-events.ts';
import type { RequestClient } from '../request-client.ts';
import type { RequestHandler } from '../request-handler.ts';

/** What answering a request takes, whichever way it came. */
export interface RequestContext {
  events: EventRoutines;
  handlerOf: (verb: string) => RequestHandler | undefined;
  /** Whether requests from this address are served. */
  isAllowed: (address: string) => boolean;
  /** Whether this access token opens the server; undefined: no token is asked for. */
  isValidToken: ((token: string) => boolean) | undefined;
  /** Called when a client has shown a wrong token. */
  onBadToken: (client: RequestClient) => void;
  /** Called with what a handler or a routine threw. */
  onRuntimeError: (name: string, error: unknown, client: RequestClient | undefined) => Promise<void>;
}

/**
 * The answer to a request; undefined when its handler has sent one.
 * @param parse gives the request. @throws `MalformedMessage` when it is not one
 * @throws `WireError` when the session has come to its end: there is nobody to answer
 */
export async function answerRequest(
  parse: () => Request | Promise<Request>,
  client: RequestClient,
  context: RequestContext,
): Promise<Answer | undefined> {
  let request: Request | undefined;
  try {
    request = await parse();
    return refusal(request, client, context) ?? (await handled(request, client, context));
  } catch (error) {
    if (error instanceof MalformedMessage) return malformed(error, client, context);
    if (error instanceof WireError && (!request || isEndOf(client, error))) throw error;
    await context.onRuntimeError('request', error, client);
    return internalError();
  }
}

/** Of this client's session: a handler may be a client of somebody else, and meet the same errors there. */
function isEndOf(client: RequestClient, error: WireError): boolean {
  return error.code === 'Closed' || client.isClosed() || client.getSentMessage() !== undefined;
}

function refusal(request: Request, client: RequestClient, context: RequestContext): Answer | undefined {
  if (!context.isAllowed(client.getIP())) return refusedRequest();
  if (!context.isValidToken) return undefined;
  const { access_token: token } = request.parameters;
  if (token === undefined) return badRequest('Access token is required');
  if (context.isValidToken(token)) return undefined;
  context.onBadToken(client);
  return invalidAccessToken();
}

async function handled(
  request: Request,
  client: RequestClient,
  { events, handlerOf }: RequestContext,
): Promise<Answer | undefined> {
  await events.run(EVENT_REQUEST, { clientInstance: client });
  const handler = handlerOf(request.verb);
  if (handler) return handler({ clientInstance: client, request, signal: client.closed });
  await events.run(EVENT_UNKNOWN_VERB, { clientInstance: client });
  return badRequest('Unhandled verb');
}

async function malformed(error: MalformedMessage, client: RequestClient, context: RequestContext): Promise<Answer> {
  try {
    const cerberusErrorDict = error.errors;
    await context.events.run(EVENT_MALFORMED_REQUEST, { clientInstance: client, cerberusErrorDict });
    return badRequest('Malformed request');
  } catch (failure) {
    if (failure instanceof WireError) throw failure;
    await context.onRuntimeError('request', failure, client);
    return internalError();
  }
}
