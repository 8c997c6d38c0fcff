import { isDeepStrictEqual } from 'node:util';
import type { AnweddolServer } from '../../api/resources.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import { refusalOf } from '../../kube/errors.ts';
import { referenceTo } from '../../kube/event-sink.ts';
import { machineDigest } from '../../virtualization/kubevirt/machine.ts';
import type { Finding } from '../conditions.ts';
import type { Facts } from '../observe.ts';
import { type BootRecord, countBoots, isOpen, NO_FAILURE } from './breaker.ts';
import { type Carried, carryOut, type PoolContext, resolveDoubts } from './carry-out.ts';
import { planPool } from './plan-pool.ts';
import { failuresOf, poolFinding } from './pool-finding.ts';
import { isUnclaimed } from './pool-machines.ts';
import type { PoolMemory } from './pool-memory.ts';

export interface PoolFinding extends Finding {
  /** What is to be remembered in the status. */
  pool?: BootRecord;
}

/** What the cluster would not take is tried again after this. */
const REFUSED_AGAIN_MS = 60_000;

/**
 * Boots, promotes and removes warm containers, up to what the server asks for.
 * @param settings what machines are made with; absent while none can be made
 * @param random from 0 up to, and not including, 1
 * @returns undefined for a server that has none and wants none
 */
export async function keepWarm(
  server: AnweddolServer,
  facts: Pick<Facts, 'machines' | 'platform' | 'iso'>,
  settings: ServerSettings | undefined,
  context: PoolContext,
  signal: AbortSignal,
  random: () => number = Math.random,
): Promise<PoolFinding | undefined> {
  const { clock, pools } = context;
  const { uid = '' } = server.metadata;
  const memory = pools.of(uid);
  try {
    return await keepPool(server, { facts, settings, memory, now: clock.now(), start: random() }, context, signal);
  } finally {
    pools.settle(uid);
  }
}

interface Given {
  facts: Pick<Facts, 'machines' | 'platform' | 'iso'>;
  settings: ServerSettings | undefined;
  memory: PoolMemory;
  now: number;
  start: number;
}

async function keepPool(
  server: AnweddolServer,
  { facts, settings, memory, now, start }: Given,
  context: PoolContext,
  signal: AbortSignal,
): Promise<PoolFinding | undefined> {
  const { clock } = context;
  await resolveDoubts(facts.machines, server.metadata.namespace, { context, memory, signal });
  const machines = memory.shown(facts.machines);
  if (server.spec.containers.warm === 0 && !machines.some(isUnclaimed)) {
    memory.record = undefined;
    memory.refusal = undefined;
    return undefined;
  }
  const machineSha256 = settings && machineDigest(settings.spec);
  const before = recordOf(server, memory, machineSha256);
  const known = knownRefusal(memory, machineSha256, clock.elapsed());
  const plan = planPool({ spec: server.spec, machines, machineSha256, record: before, now, start });
  if (known) plan.boot.count = 0;

  const carried: Carried = { booted: 0, promoted: 0, removed: 0, failed: [] };
  let record = before;
  try {
    await carryOut(plan, { context, memory, settings, signal }, carried);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    // Told as a refused machine is: what is to be remembered must not be lost over it.
    carried.refused ??= refusal.message;
  } finally {
    record = countBoots(before, { succeeded: carried.promoted, failed: carried.failed, machineSha256 }, now);
    remember(server, memory, record);
    if (isOpen(record) && !isOpen(before)) tellOpen(server, record, context);
  }
  if (carried.refused !== undefined && machineSha256) {
    const until = clock.elapsed() + REFUSED_AGAIN_MS;
    memory.refusal = { machineSha256, message: carried.refused, until };
  }
  const refused = carried.refused ?? known;
  const pool = { ...plan.pool, booting: plan.pool.booting + carried.booted };
  const againMs = soonest(
    plan.againAt && plan.againAt - now,
    refused === undefined ? undefined : REFUSED_AGAIN_MS,
    memory.askAgainMs,
  );
  const waitsFor = settings ? undefined : waitsForWhat(facts);
  const finding = poolFinding({ pool, held: plan.held, record, waitsFor, refused });
  return { ...finding, pool: record, ...(againMs !== undefined && { againMs }) };
}

/** Failures of another generation of the server, or of other machines, say nothing about these. */
function recordOf(server: AnweddolServer, memory: PoolMemory, machineSha256: string | undefined): BootRecord {
  const { generation = 0 } = server.metadata;
  const known = memory.record ?? recordIn(server);
  if (known.generation !== generation) return NO_FAILURE;
  const { machineSha256: failed } = known.record;
  return failed && machineSha256 && failed !== machineSha256 ? NO_FAILURE : known.record;
}

/** What the status tells; the generation is the one that the pool was looked at for. */
function recordIn({ status }: AnweddolServer): { record: BootRecord; generation: number | undefined } {
  const judged = status?.conditions?.find(({ type }) => type === 'PoolReady');
  return { record: status?.pool ?? NO_FAILURE, generation: judged?.observedGeneration };
}

/** The cache may show an older status for a while, and a count must not be lost. */
function remember(server: AnweddolServer, memory: PoolMemory, record: BootRecord): void {
  const { generation = 0 } = server.metadata;
  const isStored = isDeepStrictEqual(recordIn(server), { record, generation });
  memory.record = isStored ? undefined : { record, generation };
}

function tellOpen(server: AnweddolServer, record: BootRecord, { events }: PoolContext): void {
  const note = `No more warm containers are booted: ${failuresOf(record)}.`;
  events.event(referenceTo(server), { type: 'Warning', reason: 'PoolBootsFail', action: 'Boot', note });
}

function knownRefusal(memory: PoolMemory, machineSha256: string | undefined, now: number): string | undefined {
  const { refusal } = memory;
  if (refusal && refusal.until > now && refusal.machineSha256 === machineSha256) return refusal.message;
  memory.refusal = undefined;
  return undefined;
}

function waitsForWhat({ platform, iso }: Pick<Facts, 'platform' | 'iso'>): string {
  if (!platform.rebootPolicy) return platform.message;
  return iso.sha256 ? 'what keeps containers apart is not in force' : iso.message;
}

function soonest(...waits: (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
