import { setImmediate } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { silentLog } from '../../src/runtime/log.ts';
import { parseCidrs } from '../../src/server/access/cidr-list.ts';
import { Penalties } from '../../src/server/admission/penalties.ts';
import { SourceLimits } from '../../src/server/admission/source-limits.ts';
import { ok } from '../../src/server/answer.ts';
import { Connection } from '../../src/server/connections/connection.ts';
import { OpenConnections } from '../../src/server/connections/open-connections.ts';
import { type ServeOptions, serveConnection } from '../../src/server/connections/serve-connection.ts';
import { Sources } from '../../src/server/connections/sources.ts';
import { MemoryDatabase } from '../../src/server/database/memory-database.ts';
import { EventRoutines } from '../../src/server/events/event-routines.ts';
import { documentedHandlers } from '../../src/server/handlers/documented-handlers.ts';
import { noServerMetrics } from '../../src/server/server-metrics.ts';
import type { RequestContext } from '../../src/server/session/answer-request.ts';
import { TlsFront } from '../../src/server/tls/tls-front.ts';
import { noBackend } from '../../src/virtualization/no-backend.ts';
import { VirtualizationInterface } from '../../src/virtualization/virtualization-interface.ts';
import { publicKeyHeader } from '../../src/wire/key-exchange.ts';
import type { RandomBytes } from '../../src/wire/random-bytes.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { expectThat } from './finding.ts';
import { type SocketPair, socketPair } from './socket-pair.ts';

/** Connections from here announce their clients' addresses. */
const PROXY_ADDRESS = '192.0.2.1';
const CLIENT_ADDRESS = '198.51.100.7';

/** How a client goes about it when it has sent everything. */
export type Leaving = 'ends' | 'breaks' | 'waits' | 'reads nothing';

/** One client's part. */
export interface Part {
  pieces: readonly Buffer[];
  leaving: Leaving;
  /** Whether the server gets a turn after each piece. */
  inTurns: boolean;
  /** Whether the client waits to be spoken to. */
  waitsFirst: boolean;
  behindProxy?: boolean;
}

export interface TargetOptions {
  rsa: RSAWrapper;
  /** Whether the key is at work, which takes real time. */
  isKeyAtWork: () => boolean;
  /** For session keys and IVs. */
  randomBytes: RandomBytes;
  tls?: { current: SecureContext } | undefined;
}

const LONGEST_LIMIT_MS = 10_000;
/** Of the real clock: what takes longer hangs. */
const HANG_MS = 20_000;
/** Of the event loop: by then a server that waits for nobody has done all it can, as it waits for no system. */
const TURNS_BETWEEN_LOOKS = 16;
const MOST_TURNS_TO_CLOSE = 256;

/** The server's own code for one connection, from its acceptance to its end, on streams that are no sockets. */
export class Target {
  readonly clock = new FakeClock();
  readonly #options: ServeOptions;
  readonly #isKeyAtWork: () => boolean;
  readonly #open = new OpenConnections(16, () => undefined);
  /** What the server had to say of itself: there must be nothing. */
  readonly #errors: unknown[] = [];

  constructor({ rsa, isKeyAtWork, randomBytes, tls }: TargetOptions) {
    this.#isKeyAtWork = isKeyAtWork;
    const { clock } = this;
    const limits = { clock, limitMs: 5_000 };
    this.#options = {
      context: this.context(),
      open: this.#open,
      sources: new Sources(
        new SourceLimits(),
        // Nobody is refused, and no more is remembered than a long run may need.
        new Penalties({ clock, thresholdSeconds: 1e9, maxEntries: 256 }),
        () => undefined,
      ),
      prologue: {
        ...limits,
        speakFirstAfterMs: 1_500,
        greeting: () => publicKeyHeader(rsa),
        trustedProxies: parseCidrs('trustedProxies', [PROXY_ADDRESS]),
        tls: tls && new TlsFront({ credentials: tls, alpn: 'anweddol/1', clock, handshakeTimeoutMs: limits.limitMs }),
      },
      rsaWrapper: rsa,
      timeout: LONGEST_LIMIT_MS / 1000,
      stepTimeout: 5,
      randomBytes,
      log: silentLog,
      metrics: noServerMetrics,
    };
  }

  /** Whoever answers requests: the documented verbs without a platform, and `NOTE`. */
  context(): RequestContext {
    const { clock } = this;
    const events = new EventRoutines();
    const virtualization = new VirtualizationInterface(noBackend);
    const documented = documentedHandlers({
      virtualization,
      database: new MemoryDatabase({ clock }),
      events,
      statistics: () => [true, 0, 7, 0],
      version: '0.0.0-fuzz',
      startTimeout: 180,
      iso: undefined,
      onBadToken: () => undefined,
      clock,
      log: silentLog,
    });
    documented.set('NOTE', ({ request }) => ok({ keys: Object.keys(request.parameters).length }));
    return {
      events,
      handlerOf: (verb) => documented.get(verb),
      isAllowed: () => true,
      isValidToken: undefined,
      onBadToken: () => undefined,
      onRuntimeError: async (name, error) => void this.#errors.push([name, error]),
    };
  }

  /** @throws `Finding` when something of it is left, or the server blames itself */
  assertAtRest(): void {
    const [error] = this.#errors.splice(0);
    expectThat(error === undefined, `an error of the server's own: ${told(error)}`);
    expectThat(this.#open.size === 0 && this.#open.waiting === 0, 'a connection is left in the list');
    expectThat(this.clock.pending === 0, `${this.clock.pending} timers are left`);
  }

  /** One client. @returns all that the server sent it. @throws `Finding`; what the server's code throws */
  async serve(part: Part): Promise<Buffer> {
    const pair = socketPair(part.behindProxy ? PROXY_ADDRESS : CLIENT_ADDRESS);
    const connection = new Connection(pair.server, this.clock.elapsed());
    expectThat(this.#open.enter(connection), 'no place for a connection');
    let over = false;
    const served = serveConnection(connection, this.#options).finally(() => {
      this.#open.leave(connection);
      over = true;
    });
    // Told by the `await` below.
    served.catch(() => undefined);
    const said: Buffer[] = [];
    if (part.leaving !== 'reads nothing') pair.client.on('data', (bytes: Buffer) => said.push(bytes));
    try {
      await this.#play(pair, part);
      await this.#untilOver(() => over);
      await served;
      await this.#untilClosed(pair);
    } finally {
      pair.server.destroy();
      pair.client.destroy();
    }
    this.assertAtRest();
    return Buffer.concat(said);
  }

  async #play({ server, client }: SocketPair, { pieces, leaving, inTurns, waitsFirst }: Part): Promise<void> {
    if (waitsFirst) await this.clock.advance(1_500);
    for (const piece of pieces) {
      if (server.destroyed) break;
      client.write(piece);
      if (inTurns) await setImmediate();
    }
    if (leaving === 'ends') client.end();
    if (leaving === 'breaks') {
      await setImmediate();
      server.destroy(new Error('read ECONNRESET'));
    }
  }

  /** The client does nothing more: either the server is done, or its time limits are. */
  async #untilOver(isOver: () => boolean): Promise<void> {
    const since = performance.now();
    for (let turn = 1; !isOver(); turn += 1) {
      await setImmediate();
      if (this.#isKeyAtWork()) turn = 0;
      expectThat(performance.now() - since < HANG_MS, 'the server hangs');
      if (turn < TURNS_BETWEEN_LOOKS) continue;
      turn = 0;
      // Whatever the server waits for by now, it is the client, or the key.
      await this.clock.advance(LONGEST_LIMIT_MS);
    }
  }

  async #untilClosed({ server }: SocketPair): Promise<void> {
    for (let turn = 0; !server.closed && turn < MOST_TURNS_TO_CLOSE; turn += 1) {
      await setImmediate();
      // The moment that the last byte is given to leave.
      if (turn > 8) await this.clock.advance(1_000);
    }
    expectThat(server.closed, 'the server leaves the connection open');
  }
}

function told(error: unknown): string {
  const [name, cause] = Array.isArray(error) ? error : ['', error];
  return `${name}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
}
