import type { ChildProgram } from './child-program.ts';
import type { Target } from './lean-client.ts';
import type { LoadResult } from './load-program.ts';
import { median } from './median.ts';
import type { RawResult } from './raw-program.ts';
import type { Usage } from './server-program.ts';

export interface Round {
  /** STAT a second, and as a share of the private operations that the machine does alone, right before and after. */
  perSecond: number;
  share: number;
  /** The same of CPU time: of an operation alone in that of a whole STAT, both sides. What else runs distorts this less. */
  cpuShare: number;
  failures: number;
  p50: number;
  p99: number;
  serverCpuMs: number;
  loadCpuMs: number;
  rawCpuMs: number;
  rawPerSecond: number;
  /** Of the server, at the end of the round, in bytes. */
  rss: number;
  /** Of the server's event loop, in milliseconds. */
  loopP99: number;
}

export interface ThroughputOptions {
  raw: ChildProgram;
  load: ChildProgram;
  server: ChildProgram;
  target: Target;
  /** Of the server, in PEM. */
  privateKey: string;
  /** Of the clients' key. */
  bits: number;
  parallel: number;
  rounds: number;
}

const WARM_UP_SECONDS = 4;
const RAW_SECONDS = 1;
const STAT_SECONDS = 3;

/** Rounds of private operations alone, STAT, and private operations again: what else runs meets both. */
export async function throughput(options: ThroughputOptions): Promise<Round[]> {
  const { raw, load, server, target, privateKey, bits, parallel } = options;
  const stat = (seconds: number) => load.ask<LoadResult>('load', { target, parallel, seconds, bits });
  const alone = () => raw.ask<RawResult>('rate', { privateKey, seconds: RAW_SECONDS });
  await stat(WARM_UP_SECONDS);
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const before = await alone();
    const idle = await server.ask<Usage>('usage');
    const result = await stat(STAT_SECONDS);
    const busy = await server.ask<Usage>('usage');
    rounds.push(roundOf(result, { idle, busy }, [before, await alone()]));
  }
  return rounds;
}

function roundOf(result: LoadResult, { idle, busy }: { idle: Usage; busy: Usage }, alone: RawResult[]): Round {
  const rawPerSecond = mean(alone.map(({ perSecond }) => perSecond));
  const rawCpuMs = mean(alone.map(({ cpuMs }) => cpuMs));
  const serverCpuMs = (busy.cpuMs - idle.cpuMs) / result.done;
  const { perSecond, p50, p99, failures, cpuMsPerSession: loadCpuMs } = result;
  return {
    perSecond,
    share: perSecond / rawPerSecond,
    cpuShare: rawCpuMs / (serverCpuMs + loadCpuMs),
    failures: Object.values(failures).reduce((sum, count) => sum + count, 0),
    p50,
    p99,
    serverCpuMs,
    loadCpuMs,
    rawCpuMs,
    rawPerSecond,
    rss: busy.rss,
    loopP99: busy.loopP99,
  };
}

/** The median of one figure over the rounds. */
export function typical(all: readonly Round[], figure: keyof Round): number {
  return median(all.map((round) => round[figure]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
