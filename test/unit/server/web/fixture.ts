import { once } from 'node:events';
import { type IncomingHttpHeaders, request as startRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { OpenConnections } from '../../../../src/server/connections/open-connections.ts';
import { EventRoutines } from '../../../../src/server/events/event-routines.ts';
import { statHandler } from '../../../../src/server/handlers/stat.ts';
import type { RequestHandler } from '../../../../src/server/request-handler.ts';
import type { RequestContext } from '../../../../src/server/session/answer-request.ts';
import { WebServer, type WebServerOptions } from '../../../../src/server/web/web-server.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';

export const ok = (data: Record<string, unknown> = {}) => ({ success: true, message: 'OK', data });
export const refused = (message: string) => ({ success: false, message, data: {} });
export const MALFORMED = refused('Bad request (reason : Malformed request)');

/** A web server on a free port of 127.0.0.1: STAT is the real one, ECHO gives back its parameters, others as given. */
export async function startWebServer({
  handlers = {},
  context = {},
  maxConnections = 16,
  ...options
}: Partial<Omit<WebServerOptions, 'context' | 'clock' | 'open'>> & {
  handlers?: Record<string, RequestHandler>;
  context?: Partial<RequestContext>;
  maxConnections?: number;
} = {}) {
  const clock = new FakeClock(1_000_000);
  const log = new RecordedLog();
  const errors: unknown[] = [];
  const routines = new Map<string, RequestHandler>([
    ['STAT', statHandler('0.0.0-test', () => [true, 0, 7, 2])],
    ['ECHO', ({ request }) => ok({ parameters: request.parameters })],
    ...Object.entries(handlers),
  ]);
  const server = new WebServer({
    context: {
      events: new EventRoutines(),
      handlerOf: (verb) => routines.get(verb),
      isAllowed: () => true,
      isValidToken: undefined,
      onBadToken: () => undefined,
      onRuntimeError: async (_name, error) => void errors.push(error),
      ...context,
    },
    verbs: () => routines.keys(),
    open: new OpenConnections(maxConnections, () => undefined),
    port: 0,
    bindAddress: '127.0.0.1',
    clock,
    log,
    ...options,
  });
  await server.start();
  const port = server.getListenPort();
  return { server, port, clock, log, errors, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: unknown;
}

/** One request on a connection of its own. */
export async function ask(
  port: number,
  method: string,
  path: string,
  { body, headers = {} }: { body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const request = startRequest({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: { ...length, ...headers },
  });
  request.end(body);
  const [response] = await once(request, 'response');
  const content = await text(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    text: content,
    json: content === '' ? undefined : JSON.parse(content),
  };
}

export async function dialWeb(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

/** Writes these bytes and reads until the server ends the connection. */
export async function converse(port: number, bytes: string): Promise<string> {
  const socket = await dialWeb(port);
  socket.write(bytes);
  return await text(socket).finally(() => socket.destroy());
}

/** The response objects in what `converse` read. */
export function responsesIn(bytes: string): unknown[] {
  return bytes
    .split(/HTTP\/1\.1 \d{3} [^\r]*\r\n/)
    .slice(1)
    .map((response) => JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4)));
}

/** A handler that waits until it is let go or its client leaves, and tells when it is reached and how it ended. */
export function heldHandler() {
  const reached = Promise.withResolvers<void>();
  const left = Promise.withResolvers<unknown>();
  const go = Promise.withResolvers<void>();
  const handler: RequestHandler = async ({ signal }) => {
    reached.resolve();
    signal.addEventListener('abort', () => {
      left.resolve(signal.reason);
      go.reject(signal.reason);
    });
    await go.promise;
    return ok();
  };
  return { handler, reached: reached.promise, left: left.promise, go: go.resolve };
}
