import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { sendStatus } from '../scripted-api-server.ts';
import { type Fault, type Rule, type SeenCall, verbOf } from './fault.ts';
import { WatchRelay } from './watch-relay.ts';

/** HTTP in, the API server's scheme out; passes everything on until a test says otherwise, and remembers what it saw. */
export class MisbehavingProxy {
  readonly calls: SeenCall[] = [];
  readonly #target: string;
  readonly #agent: Agent;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new Set<Socket>();
  readonly #relays = new Set<WatchRelay>();
  readonly #rules = new Set<Rule>();
  readonly #waiters = new Set<() => void>();
  #thawed: PromiseWithResolvers<void> | undefined;

  private constructor(target: string, agent: Agent) {
    this.#target = target;
    this.#agent = agent;
    // Clients are told, and give up a connection that they don't need 2 s earlier.
    this.#server.keepAliveTimeout = 3_000;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#wake();
      });
    });
  }

  /** @param caCertificate PEM; of an API server that speaks HTTPS */
  static async start(target: { url: string; caCertificate?: string }): Promise<MisbehavingProxy> {
    const { url, caCertificate } = target;
    const agent = new Agent({
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(caCertificate && { connect: { ca: caCertificate } }),
    });
    const proxy = new MisbehavingProxy(url, agent);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections from clients. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  get openWatches(): number {
    return this.#relays.size;
  }

  /** Every request that matches goes wrong from now on; returns what takes it back. The rule given last counts. */
  misbehave(rule: Rule): () => void {
    const own = { ...rule };
    this.#rules.add(own);
    return () => this.#rules.delete(own);
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Keeps every connection, and the new ones too, and sends no byte. */
  freeze(): void {
    this.#thawed ??= Promise.withResolvers();
    for (const relay of this.#relays) relay.freeze();
  }

  /** Sends what was held back. */
  thaw(): void {
    for (const relay of this.#relays) relay.thaw();
    this.#thawed?.resolve();
    this.#thawed = undefined;
  }

  /** Ends every open watch as an API server does after its `timeoutSeconds`. */
  endWatches(): void {
    for (const relay of this.#relays) relay.end();
  }

  /** The next line of every open watch breaks off in the middle. */
  breakNextLine(how: 'reset' | 'end'): void {
    for (const relay of this.#relays) relay.breakNextLine(how);
  }

  /** Writes into every open watch, between two lines. */
  insert(text: string): void {
    for (const relay of this.#relays) relay.insert(text);
  }

  /** Resolves as soon as `look` is true; looks when a request, an answer, a watch or a connection comes or goes. */
  until(look: (proxy: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!look(this)) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
      check();
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    this.thaw();
    await Promise.all([closed, this.#agent.destroy()]);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname, searchParams: query } = new URL(url, this.url);
    const call: SeenCall = { method, path: pathname, query, verb: verbOf(method, pathname, query) };
    const fault = this.#faultOf(call);
    this.calls.push(call);
    this.#wake();
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      await this.#thawed?.promise;
      if (fault.delayMs) await sleep(fault.delayMs, undefined, { signal: gone.signal });
      if (fault.cut) request.socket.resetAndDestroy();
      else if (fault.answer) this.#refuse(call, fault.answer, fault, response);
      else await this.#pass(call, request, response, fault, gone.signal);
    } catch {
      // The API server is not there, or broke off: so does this.
      request.socket.resetAndDestroy();
    }
    this.#wake();
  }

  #faultOf(call: SeenCall): Fault {
    const rule = [...this.#rules].findLast(({ on }) => on(call));
    if (rule?.times !== undefined) {
      rule.times -= 1;
      if (rule.times === 0) this.#rules.delete(rule);
    }
    return rule ?? {};
  }

  #refuse(call: SeenCall, code: number, { retryAfterSeconds }: Fault, response: ServerResponse): void {
    call.status = code;
    const headers: Record<string, string> = {};
    if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(retryAfterSeconds);
    sendStatus(response, code, 'Refused', undefined, headers);
  }

  async #pass(call: SeenCall, request: IncomingMessage, response: ServerResponse, fault: Fault, signal: AbortSignal) {
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await this.#agent.request({
      origin: this.#target,
      path: request.url ?? '/',
      method: call.method as Dispatcher.HttpMethod,
      headers,
      body: call.method === 'GET' ? null : request,
      signal,
    });
    await this.#thawed?.promise;
    call.status = answer.statusCode;
    response.writeHead(answer.statusCode, { 'Content-Type': answer.headers['content-type'] ?? 'application/json' });
    if (call.verb !== 'watch' || answer.statusCode !== 200) return pipeline(answer.body, response);
    response.flushHeaders();
    const relay = new WatchRelay(response, fault, this.#thawed !== undefined);
    this.#relays.add(relay);
    response.once('close', () => {
      this.#relays.delete(relay);
      this.#wake();
    });
    this.#wake();
    await relay.run(answer.body);
  }

  #wake(): void {
    for (const check of [...this.#waiters]) check();
  }
}
