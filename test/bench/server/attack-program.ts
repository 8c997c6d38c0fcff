/** Child of the benchmarks: clients that mean harm. Bounded in count and time; on loopback only. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerQuestions } from './answer-questions.ts';
import { dial, LeanKeys, type Target } from './lean-client.ts';
import { percentile } from './percentile.ts';

export interface AttackOptions {
  target: Target;
  seconds: number;
}

export interface AttackResult {
  connections: number;
  /** Milliseconds from a connection's beginning to its end; the longest counts those that are open at the end as ended then. */
  longest: number;
  /** Of the connections that were closed without a word. */
  refused: number;
  refusedP50: number;
  refusedP99: number;
  /** Of those that said all and were answered `0`: milliseconds from the connection's beginning to its end. */
  overflow: number;
  overflowP50: number;
  overflowP99: number;
  /** Milliseconds from the start of the attack to the last byte that the server sent. */
  lastHeard: number;
}

const BATCH_MS = 10;
const SLOW_CONNECTIONS = 5_000;
const FORGED_PER_SECOND = 2_000;
const GARBAGE_PER_SECOND = 400;

const keys = new LeanKeys(2048);

/** What becomes of the connections of an attack. */
class Log {
  readonly #started = performance.now();
  readonly #open = new Map<Socket, number>();
  readonly #refused: number[] = [];
  readonly #overflow: number[] = [];
  #connections = 0;
  #longest = 0;
  #lastHeard = 0;

  dial(target: Target): Socket {
    const socket = dial(target);
    let heard = '';
    this.#connections += 1;
    socket
      .on('connect', () => this.#open.set(socket, performance.now()))
      .on('data', (bytes: Buffer) => {
        heard = bytes.toString('latin1');
        this.#lastHeard = performance.now() - this.#started;
      })
      .on('error', () => undefined)
      .on('close', () => this.#closed(socket, heard));
    return socket;
  }

  end(): AttackResult {
    for (const socket of [...this.#open.keys()]) {
      this.#closed(socket, 'something');
      socket.destroy();
    }
    return {
      connections: this.#connections,
      longest: this.#longest,
      refused: this.#refused.length,
      refusedP50: percentile(this.#refused, 0.5),
      refusedP99: percentile(this.#refused, 0.99),
      overflow: this.#overflow.length,
      overflowP50: percentile(this.#overflow, 0.5),
      overflowP99: percentile(this.#overflow, 0.99),
      lastHeard: this.#lastHeard,
    };
  }

  #closed(socket: Socket, heard: string): void {
    const since = this.#open.get(socket);
    if (since === undefined) return;
    this.#open.delete(socket);
    const ms = performance.now() - since;
    this.#longest = Math.max(this.#longest, ms);
    if (heard === '') this.#refused.push(ms);
    if (heard.endsWith('0')) this.#overflow.push(ms);
  }
}

/** A source in a network of its own. */
function source(index: number): string {
  return `127.${16 + (Math.floor(index / 62_500) % 100)}.${Math.floor(index / 250) % 250}.${1 + (index % 250)}`;
}

/** Calls `act` so many times a second, evenly. */
async function evenly(perSecond: number, seconds: number, act: (index: number) => void): Promise<void> {
  const started = performance.now();
  let done = 0;
  for (;;) {
    const due = Math.min((performance.now() - started) / 1000, seconds) * perSecond;
    for (; done < due; done += 1) act(done);
    if (performance.now() - started >= seconds * 1000) return;
    await sleep(BATCH_MS);
  }
}

/** R3: connections that send a byte a second, from as many networks. */
async function slow({ target, seconds }: AttackOptions): Promise<AttackResult> {
  const log = new Log();
  const bytes = Buffer.concat([keys.header, keys.pem]);
  const sockets: Socket[] = [];
  const timers: NodeJS.Timeout[] = [];
  await evenly(SLOW_CONNECTIONS / 4, 4, (index) => {
    const socket = log.dial({ ...target, localAddress: source(index * 250) });
    let sent = 0;
    const timer = setInterval(() => socket.write(bytes.subarray(sent, ++sent)), 1000);
    socket.on('close', () => clearInterval(timer));
    sockets.push(socket);
    timers.push(timer);
  });
  await sleep((seconds - 4) * 1000);
  for (const timer of timers) clearInterval(timer);
  return log.end();
}

/** R5: key blocks that hold no key, from one source; each connection says all it has to say at once. */
async function forged({ target, seconds }: AttackOptions): Promise<AttackResult> {
  const log = new Log();
  await evenly(FORGED_PER_SECOND, seconds, () => {
    const block = randomBytes(512 + 16);
    block[0] = 0;
    const socket = log.dial({ ...target, localAddress: '127.9.9.9' });
    socket.once('connect', () => socket.write(Buffer.concat([keys.header, keys.pem, Buffer.from('11'), block])));
  });
  return log.end();
}

/** R8: what is no frame, and lengths that nobody has; each from a source that has done no harm yet. */
async function garbage({ target, seconds }: AttackOptions): Promise<AttackResult> {
  const log = new Log();
  const kinds = [
    () => Buffer.from('9999999='),
    () => Buffer.from(`4097====${'A'.repeat(4097)}`),
    () => randomBytes(64),
    () => Buffer.concat([Buffer.from('800====='), randomBytes(800)]),
    () => Buffer.concat([keys.header, keys.pem, Buffer.from('11'), randomBytes(60_000)]),
  ];
  await evenly(GARBAGE_PER_SECOND, seconds, (index) => {
    const socket = log.dial({ ...target, localAddress: source(index) });
    socket.once('connect', () => socket.write(kinds[index % kinds.length]?.() ?? ''));
  });
  return log.end();
}

answerQuestions({ slow, forged, garbage });
