import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Crossing, podOf, targetOf, writeOf } from './crossing.ts';

/** When whoever made a request dies: before it is passed on, before its answer comes, or right after that. */
export const MOMENTS = ['before', 'unanswered', 'answered'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Crash {
  moment: Moment;
  /** Ends the process that asked, at once. */
  kill: () => void;
}

export interface CrashProxyOptions {
  url: string;
  /** PEM. */
  caCertificate: string;
  /** Default: any free port of 127.0.0.1. */
  listen?: { host: string; port: number };
  /** Called for each request as it comes; what it gives is what happens to whoever asked. */
  fate?: (crossing: Crossing) => Crash | undefined;
  /** What a request waits for before it is passed on. */
  hold?: (crossing: Crossing) => Promise<void> | undefined;
}

/** A process that has got its answer has so long to act on it. */
const LONGEST_LIFE_MS = 5;

/** HTTP in, HTTPS to the API server: passes everything on and remembers it, until whoever asks is to die. */
export class CrashProxy {
  readonly crossings: Crossing[] = [];
  readonly #target: URL;
  readonly #agent: Agent;
  readonly #fate: NonNullable<CrashProxyOptions['fate']>;
  readonly #hold: NonNullable<CrashProxyOptions['hold']>;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new Set<Socket>();

  private constructor({ url, caCertificate, fate, hold }: CrashProxyOptions) {
    this.#target = new URL(url);
    this.#agent = new Agent({ ca: caCertificate, keepAlive: true });
    this.#fate = fate ?? (() => undefined);
    this.#hold = hold ?? (() => undefined);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: CrashProxyOptions): Promise<CrashProxy> {
    const proxy = new CrashProxy(options);
    const { host, port } = options.listen ?? { host: '127.0.0.1', port: 0 };
    proxy.#server.listen(port, host);
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method = 'GET', url = '/' } = request;
      const body = method === 'GET' ? undefined : await buffer(request);
      const crossing = crossingOf(request, new URL(url, this.#target), body);
      this.crossings.push(crossing);
      const crash = this.#fate(crossing);
      if (crash?.moment === 'before') return this.#die(crash, response);
      await this.#hold(crossing);
      const answer = await this.#ask(request, body, response);
      crossing.status = answer.statusCode ?? 0;
      const headers = { 'Content-Type': answer.headers['content-type'] ?? 'application/json' };
      if (!crash) {
        response.writeHead(crossing.status, headers).flushHeaders();
        return await pipeline(answer, response);
      }
      // Committed before it is answered: the whole answer is here.
      const text = await buffer(answer);
      if (crash.moment === 'unanswered') return this.#die(crash, response);
      response.writeHead(crossing.status, headers);
      response.end(text, () => setTimeout(crash.kill, Math.random() * LONGEST_LIFE_MS));
    } catch {
      // One of both sides is gone: so is the other.
      response.destroy();
    }
  }

  #die({ kill }: Crash, response: ServerResponse): void {
    kill();
    response.destroy();
  }

  #ask(request: IncomingMessage, body: Buffer | undefined, response: ServerResponse): Promise<IncomingMessage> {
    const { host: _, connection: __, 'transfer-encoding': ___, 'accept-encoding': ____, ...headers } = request.headers;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const isSecure = this.#target.protocol === 'https:';
    const url = new URL(request.url ?? '/', this.#target);
    const options = { method: request.method ?? 'GET', headers };
    const call = isSecure ? httpsRequest(url, { ...options, agent: this.#agent }) : httpRequest(url, options);
    call.on('response', resolve).on('error', reject);
    // Who asks and goes before a watch ends is not waited for.
    response.once('close', () => call.destroy());
    call.end(body);
    return promise;
  }
}

function crossingOf(request: IncomingMessage, { pathname, searchParams }: URL, body: Buffer | undefined): Crossing {
  const { method = 'GET', headers } = request;
  return {
    method,
    path: pathname,
    query: searchParams,
    userAgent: headers['user-agent'] ?? '',
    pod: podOf(headers.authorization),
    namespace: targetOf(pathname)?.namespace,
    write: body && writeOf(method, pathname, searchParams, body.toString('utf8')),
    at: Date.now(),
  };
}
