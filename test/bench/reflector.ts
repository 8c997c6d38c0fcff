/**
 * What a reflector and its store cost, each process on its own: memory and the longest stall of the event loop while
 * 5,000 pods are listed and kept, and how many events of a watch go through in a second. Prints JSON; exit code 1 when
 * a limit is passed. `node test/bench/reflector.ts`
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Cost } from './reflector-client.ts';
import { BUSY_EVENTS, type Task } from './reflector-pods.ts';

const ROUNDS = 5;
const LIMITS = { megabytesOf5000Pods: 40, listStallMs: 50, watchStallMs: 50, eventsPerSecond: 20_000 };

function start(file: string, ...args: string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ['--expose-gc'] });
}

/** The best of some runs: what else goes on on the machine only ever adds. */
async function cost(task: Task, url: string): Promise<Cost> {
  const best: Cost = {
    bytes: Number.POSITIVE_INFINITY,
    ms: Number.POSITIVE_INFINITY,
    stallMs: Number.POSITIVE_INFINITY,
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = start('reflector-client.ts', task, url);
    const [run]: Cost[] = await once(child, 'message');
    if (run) for (const key of ['bytes', 'ms', 'stallMs'] as const) best[key] = Math.min(best[key], run[key]);
    child.disconnect();
    await once(child, 'exit');
  }
  return best;
}

const server = start('reflector-server.ts');
const [port] = await once(server, 'message');
const url = `http://127.0.0.1:${port}`;
const many = await cost('many', url);
const busy = await cost('busy', url);
server.disconnect();

const round = (value: number) => Math.round(value * 10) / 10;
const result = {
  megabytesOf5000Pods: round(many.bytes / 2 ** 20),
  listStallMs: round(many.stallMs),
  watchStallMs: round(busy.stallMs),
  eventsPerSecond: Math.round(BUSY_EVENTS / (busy.ms / 1000)),
};
const besides = { listMs: round(many.ms) };
process.stdout.write(`${JSON.stringify({ result, limits: LIMITS, besides }, undefined, 2)}\n`);
const { eventsPerSecond, ...atMost } = LIMITS;
const isWithin = Object.entries(atMost).every(([name, limit]) => result[name as keyof typeof result] <= limit);
process.exitCode = isWithin && result.eventsPerSecond >= eventsPerSecond ? 0 : 1;
