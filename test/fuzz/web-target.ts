import { connect } from 'node:net';
import { silentLog } from '../../src/runtime/log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { OpenConnections } from '../../src/server/connections/open-connections.ts';
import type { RequestContext } from '../../src/server/session/answer-request.ts';
import { WebServer } from '../../src/server/web/web-server.ts';
import { expectThat } from './finding.ts';

const HANG_MS = 8_000;

/** The web server on loopback: its parser is Node's own, and takes sockets. */
export class WebTarget implements AsyncDisposable {
  readonly #server: WebServer;
  readonly #errors: unknown[];

  private constructor(server: WebServer, errors: unknown[]) {
    this.#server = server;
    this.#errors = errors;
  }

  static async start(context: RequestContext): Promise<WebTarget> {
    const errors: unknown[] = [];
    const log = { ...silentLog, error: (fields: object) => void errors.push(fields) };
    const open = new OpenConnections(16, () => undefined);
    const server = new WebServer({ context, open, port: 0, bindAddress: '127.0.0.1', clock: systemClock, log });
    await server.start();
    return new WebTarget(server, errors);
  }

  /** Sends these bytes and ends. @returns what came back. @throws `Finding` */
  async ask(pieces: readonly Buffer[]): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = connect({ port: this.#server.getListenPort(), host: '127.0.0.1', noDelay: true });
    const said: Buffer[] = [];
    socket.setTimeout(HANG_MS, () => reject(new Error('the web server hangs')));
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.on('data', (bytes: Buffer) => said.push(bytes));
    for (const piece of pieces) socket.write(piece);
    socket.end();
    try {
      await promise;
    } finally {
      socket.destroy();
    }
    const text = Buffer.concat(said).toString('latin1');
    expectThat(this.#errors.length === 0, `the web server blames itself: ${JSON.stringify(this.#errors[0])}`);
    expectThat(!text.includes('Internal error'), 'a client was told of an internal error');
    return text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(0);
  }
}
