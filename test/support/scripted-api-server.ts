import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as HttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
  socket: Socket;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void;

/** A real HTTP server on loopback that answers as a test says, and remembers what it was asked. */
export class ScriptedApiServer {
  readonly requests: SeenRequest[] = [];
  /** What is answered from now on. */
  answer: Answer;
  /** Connections that were ever made. */
  connections = 0;
  readonly #server: ReturnType<typeof createServer>;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  readonly #waiters = new Set<() => void>();

  private constructor(answer: Answer, tls: ServerOptions | undefined) {
    this.answer = answer;
    this.#scheme = tls ? 'https' : 'http';
    const listener: RequestListener = (incoming, response) => void this.#receive(incoming, response);
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener);
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#wake();
      });
    });
  }

  static async start(answer: Answer, tls?: ServerOptions): Promise<ScriptedApiServer> {
    const server = new ScriptedApiServer(answer, tls);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** The text of a kubeconfig (JSON) for this server. */
  kubeconfig(user: object = { token: 'a-token' }, cluster: object = {}): string {
    return JSON.stringify({
      clusters: [{ name: 'test', cluster: { server: this.url, ...cluster } }],
      users: [{ name: 'test', user }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    });
  }

  /** Resolves as soon as `look` is true; looks after each request and each closed connection. */
  until(look: (server: this) => boolean): Promise<void> {
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

  /** Cuts every connection with a TCP reset. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** New connections meet another certificate. */
  replaceCertificate(pair: { cert: string; key: string }): void {
    if (this.#server instanceof HttpsServer) this.#server.setSecureContext(pair);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk);
    } catch {
      return;
    }
    const { pathname, searchParams } = new URL(incoming.url ?? '/', this.url);
    const { method = '', headers, socket } = incoming;
    const request = {
      method,
      path: pathname,
      query: searchParams,
      headers,
      body: Buffer.concat(chunks).toString(),
      socket,
    };
    this.requests.push(request);
    this.answer(request, response);
    this.#wake();
  }

  #wake(): void {
    for (const check of [...this.#waiters]) check();
  }
}

export function sendJson(response: ServerResponse, code: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message = `a test said ${reason}`,
  headers: Record<string, string> = {},
  details?: object,
): void {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details };
  sendJson(response, code, status, headers);
}
