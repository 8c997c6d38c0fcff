/** Child of the benchmarks: good clients, and connections that are only held. */
import type { Socket } from 'node:net';
import { answerQuestions } from './answer-questions.ts';
import { dial, LeanKeys, leanStat, type Target } from './lean-client.ts';
import { percentile } from './percentile.ts';

export interface LoadRequest {
  target: Target;
  parallel: number;
  seconds: number;
  /** Of the clients' key. */
  bits: number;
}

export interface LoadResult {
  perSecond: number;
  done: number;
  /** What went wrong, and how often. */
  failures: Record<string, number>;
  p50: number;
  p99: number;
  cpuMsPerSession: number;
}

const keys = new Map<number, LeanKeys>();

function keysOf(bits: number): LeanKeys {
  const made = keys.get(bits) ?? new LeanKeys(bits);
  keys.set(bits, made);
  return made;
}

/** Clients that ask one after the other, each with a new connection. */
async function load({ target, parallel, seconds, bits }: LoadRequest): Promise<LoadResult> {
  const own = keysOf(bits);
  const delays: number[] = [];
  const failures: Record<string, number> = {};
  const cpu = process.cpuUsage();
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      try {
        delays.push(await leanStat(target, own));
      } catch (error) {
        const what = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        failures[what] = (failures[what] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, client));
  const took = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: delays.length / took,
    done: delays.length,
    failures,
    p50: percentile(delays, 0.5),
    p99: percentile(delays, 0.99),
    cpuMsPerSession: (user + system) / 1000 / delays.length,
  };
}

const held: Socket[] = [];

/** Opens connections that stay silent; resolves with how many the server has taken and not closed. */
async function hold({ target, count, sources }: { target: Target; count: number; sources: number }): Promise<number> {
  for (let opened = 0; opened < count; opened += 100) {
    const batch = Array.from({ length: Math.min(100, count - opened) }, (_, index) => {
      const localAddress = `127.1.${Math.floor((opened + index) % sources)}.1`;
      const socket = dial({ ...target, localAddress }).on('error', () => undefined);
      held.push(socket);
      return new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    });
    await Promise.all(batch);
  }
  return stillHeld();
}

function stillHeld(): number {
  return held.filter((socket) => !socket.destroyed && socket.readyState === 'open').length;
}

function release(): void {
  for (const socket of held.splice(0)) socket.destroy();
}

answerQuestions({ load, hold, stillHeld, release });
