import assert from 'node:assert/strict';
import type { ServerInterface } from '../../src/server/server-interface.ts';
import { noServerMetrics, type Phase } from '../../src/server/server-metrics.ts';
import { ByteChannel } from '../../src/wire/byte-channel.ts';
import { GENERATIONS } from '../../src/wire/generations.ts';
import { formatLength } from '../../src/wire/length-header.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import {
  type ClientFrame,
  type FramedKeys,
  fixedKey,
  fixedRandom,
  keyFrames,
  type Order,
  openResponse,
  requestFrames,
} from './client-frames.ts';
import { FakeClock } from './fake-clock.ts';
import { until } from './leaving-clients.ts';
import { dialLoopback } from './raw-client.ts';
import type { AskedRequest } from './session-model.ts';
import { SPEAK_FIRST_AFTER_MS } from './session-model.ts';
import { startTestServer } from './test-server.ts';

const REQUESTS: Record<AskedRequest['request'], object> = {
  known: { verb: 'STAT', parameters: {} },
  unknown: { verb: 'DANCE', parameters: { with: 'me' } },
  malformed: { verb: 'stat', parameters: [] },
};

/** A real connection with a real server whose time a test moves. */
export class ModelledSession implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly server: ServerInterface;
  readonly channel: ByteChannel;
  /** Of the response, once it is there. */
  responseHeader: Buffer = Buffer.alloc(0);
  readonly keys: Omit<FramedKeys, 'order'>;
  readonly #phases: PhaseLog;

  private constructor(parts: {
    clock: FakeClock;
    server: ServerInterface;
    channel: ByteChannel;
    keys: Omit<FramedKeys, 'order'>;
    phases: PhaseLog;
  }) {
    this.clock = parts.clock;
    this.server = parts.server;
    this.channel = parts.channel;
    this.keys = parts.keys;
    this.#phases = parts.phases;
  }

  static async start(rsaWrapper: RSAWrapper, keys: Omit<FramedKeys, 'order'>): Promise<ModelledSession> {
    const clock = new FakeClock();
    const phases = new PhaseLog();
    const metrics = { ...noServerMetrics, phaseTook: (phase: Phase) => phases.add(phase) };
    const speakFirstAfter = SPEAK_FIRST_AFTER_MS / 1000;
    const server = await startTestServer({ rsaWrapper, clock, metrics, speakFirstAfter, randomBytes: fixedRandom });
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await until(() => server.getGauges().waitingConnections() === 1);
    return new ModelledSession({ clock, server, channel, keys, phases });
  }

  /** The header of the server's public key, which is also how it greets. */
  get serverLength(): Buffer {
    return formatLength(this.keys.serverPem.length);
  }

  framesOf(order: Order, { generation, request }: AskedRequest): ClientFrame[] {
    return [...keyFrames({ ...this.keys, order }), ...requestFrames(REQUESTS[request], GENERATIONS[generation])];
  }

  /** Resolves when the server has come to the end of this phase. */
  phase(name: Phase): Promise<void> {
    return this.#phases.until(name);
  }

  async expectBytes(bytes: Buffer | string): Promise<void> {
    const expected = Buffer.from(bytes);
    assert.deepEqual(await this.channel.read(expected.length), expected);
  }

  async expectResponse(message: string, { generation }: AskedRequest): Promise<void> {
    const header = this.responseHeader;
    const length = GENERATIONS[generation].openHeader(header, fixedKey());
    const body = await this.channel.read(length);
    assert.equal(openResponse(Buffer.concat([header, body]), GENERATIONS[generation]).message, message);
  }

  /** Not another byte, and the end. */
  async expectClosed(): Promise<void> {
    await assert.rejects(this.channel.read(1), { code: 'Closed' });
  }

  /** Nothing of the session is left in the server, nor has it anything to say against itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.channel.destroy();
    await this.server.stopServer();
    await until(() => this.clock.pending === 0);
    const { openConnections, waitingConnections } = this.server.getGauges();
    assert.deepEqual([openConnections(), waitingConnections(), this.server.getRuntimeStatistics()[1]], [0, 0, 0]);
  }
}

class PhaseLog {
  readonly #ended: Phase[] = [];
  readonly #waiters = new Set<() => void>();

  add(phase: Phase): void {
    this.#ended.push(phase);
    for (const check of [...this.#waiters]) check();
  }

  until(phase: Phase): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.#ended.includes(phase)) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
      check();
    });
  }
}
