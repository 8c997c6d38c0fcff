import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { MalformedMessage, WireError } from '../../wire/errors.ts';
import type { Request } from '../../wire/request.ts';
import { type Answer, internalError, refusedRequest } from '../answer.ts';
import type { ServerMetrics } from '../server-metrics.ts';
import { answerRequest, type RequestContext } from '../session/answer-request.ts';
import { recordRequest } from '../session/record-request.ts';
import { type FaultStatus, faultText } from './fault.ts';
import { greeting } from './greeting.ts';
import { HttpClient } from './http-client.ts';
import { parseWebRequest } from './parse-web-request.ts';
import { responseText } from './response-text.ts';
import { routeOf } from './route.ts';
import type { Delivery, WebConnection } from './web-connection.ts';

export interface ServeRequestOptions {
  context: RequestContext;
  /** The OpenAPI description, in JSON. */
  description: () => string;
  clock: Clock;
  log: Log;
  metrics: ServerMetrics;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Undefined when it was too large. */
  body: Buffer | undefined;
  connection: WebConnection;
}

/** Answers one request over HTTP, whatever it is. Never rejects. */
export async function serveRequest(exchange: Exchange, options: ServeRequestOptions): Promise<void> {
  const { request, response, body, connection } = exchange;
  const fault = (status: FaultStatus, more?: Pick<Delivery, 'headers' | 'offence'>) =>
    connection.deliver(response, { status, text: faultText(status), ...more });
  const page = (text: () => string) => {
    const allowed = options.context.isAllowed(connection.address);
    return connection.deliver(response, { status: 200, text: allowed ? text() : responseText(refusedRequest()) });
  };
  try {
    if (request.httpVersion === '1.1' && request.headers.host === undefined)
      return await fault(400, { offence: 'badFrame' });
    if (!body) return await fault(413, { offence: 'badFrame' });
    const route = routeOf(request.method ?? '', request.url ?? '');
    switch (route.kind) {
      case 'methodNotAllowed':
        return await fault(405, { headers: { allow: route.allow } });
      case 'greeting':
        return await page(() => responseText(greeting));
      case 'description':
        return await page(options.description);
      case 'verb':
        return await converse(
          exchange,
          () => parseWebRequest(route.verb, body, request.headers.authorization),
          options,
        );
      case 'nowhere':
        return await converse(exchange, noVerb, options);
    }
  } catch (error) {
    if (!(error instanceof WireError)) options.log.error({ err: error }, 'an HTTP request could not be answered');
    // There is nobody to answer, or nothing more to say.
    if (!connection.closed.aborted) connection.end();
  }
}

function noVerb(): never {
  throw new MalformedMessage('MalformedRequest', { verb: ['must be one path segment of small letters'] });
}

async function converse(
  { response, connection }: Exchange,
  parse: () => Request,
  { context, clock, log, metrics }: ServeRequestOptions,
): Promise<void> {
  const client = new HttpClient(connection, response, clock);
  try {
    const answer = await answerRequest(() => client.storeRequest(parse()), client, context);
    if (answer) await send(answer, client, context);
    // Who waits for an answer that never comes waits for long.
    else if (!client.hasAnswered()) client.closeConnection();
  } finally {
    recordRequest(client, { transport: 'http' }, { context, clock, log, metrics });
  }
}

async function send(answer: Answer, client: HttpClient, context: RequestContext): Promise<void> {
  try {
    await client.sendResponse(answer);
  } catch (error) {
    if (error instanceof WireError) throw error;
    await context.onRuntimeError('request', error, client);
    await client.sendResponse(internalError());
  }
}
