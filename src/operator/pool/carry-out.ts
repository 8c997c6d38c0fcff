import { randomUUID } from 'node:crypto';
import { ANNOTATION_START_BY } from '../../api/names.ts';
import { REASONS } from '../../api/reasons.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { JsonPatchOperation, KubeClient } from '../../kube/client.ts';
import { isAlreadyExists, isConflict, isInvalid, isNotFound, refusalOf } from '../../kube/errors.ts';
import { referenceTo } from '../../kube/event-sink.ts';
import { keyOf } from '../../kube/objects.ts';
import { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Log } from '../../runtime/log.ts';
import { bootingMachine } from '../../virtualization/kubevirt/machine.ts';
import { addAnnotations, changeState, testState, testUid } from '../../virtualization/kubevirt/machine-patch.ts';
import type { Context } from '../context.ts';
import { ageOf, serverNameOf } from '../metrics/machine-facts.ts';
import type { BootFailed } from './breaker.ts';
import type { PoolPlan, Removal } from './plan-pool.ts';
import { isUnclaimed } from './pool-machines.ts';
import type { PoolMemory } from './pool-memory.ts';

/** What the pool needs of the context. */
export interface PoolContext extends Pick<Context, 'clock' | 'events' | 'pools' | 'metrics'> {
  kube: Pick<KubeClient, 'create' | 'get' | 'delete' | 'jsonPatch'>;
  log: Pick<Log, 'info'>;
}

export interface CarryOut {
  context: PoolContext;
  memory: PoolMemory;
  /** What machines are made with; absent: none is. */
  settings: ServerSettings | undefined;
  signal: AbortSignal;
}

/** What came of a plan, as far as it got. */
export interface Carried {
  booted: number;
  promoted: number;
  failed: BootFailed[];
  /** Of those that were to be removed. */
  removed: number;
  /** Why the cluster would not take a machine. */
  refused?: string;
}

/**
 * Does what the plan says. Whoever was faster wins: a machine that was claimed in the meantime is neither removed nor
 * changed, a slot that was taken is left. What was done stands in `carried`, also when this throws.
 */
export async function carryOut(plan: PoolPlan, to: CarryOut, carried: Carried): Promise<void> {
  const steps = [
    ...plan.remove.map((removal) => remove(removal, to, carried)),
    ...plan.promote.map(async (vmi) => {
      if (!(await patch(vmi, to, changeState('booting', 'warm')))) return;
      carried.promoted += 1;
      tell(vmi, 'Warm', to.context);
      const { metrics, clock } = to.context;
      metrics?.bootSucceeded(serverNameOf(vmi), 'warm', ageOf(vmi, clock.now()));
    }),
    ...plan.postpone.map(({ vmi, startBy }) => {
      const value = new Date(startBy).toISOString();
      return patch(vmi, to, [testState('booting'), ...addAnnotations({ [ANNOTATION_START_BY]: value })]);
    }),
  ];
  const failure = (await Promise.allSettled(steps)).find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
  // Nothing is booted in the place of one that did not go.
  const count = plan.boot.count - (plan.remove.length - carried.removed);
  await boot({ ...plan.boot, count }, to, carried);
}

async function remove({ vmi, reason, failed }: Removal, to: CarryOut, carried: Carried): Promise<void> {
  const { context, memory, signal } = to;
  const { uid, resourceVersion } = vmi.metadata;
  if (!uid || !resourceVersion) return;
  try {
    const options = { uid, resourceVersion, propagation: 'Background', signal } as const;
    if (!(await context.kube.delete(VirtualMachineInstance, vmi.metadata, options))) return;
  } catch (error) {
    // It has changed: perhaps somebody has claimed it.
    if (isConflict(error)) return;
    throw error;
  }
  memory.removed(vmi);
  carried.removed += 1;
  if (failed) carried.failed.push(failed);
  context.metrics?.containerEnded(serverNameOf(vmi), reason);
  if (failed) context.metrics?.bootFailed(serverNameOf(vmi), 'warm');
  const detail = failed && failed.why !== reason ? ` (${failed.why})` : '';
  context.log.info({ container: keyOf(vmi.metadata), reason, detail }, 'warm container removed');
  const type = failed ? 'Warning' : 'Normal';
  const note = `${REASONS[reason].means}${detail}`;
  context.events.event(referenceTo(vmi), { type, reason, action: 'Destroy', note });
}

/** @returns false where the machine is not any more what it was */
async function patch(
  vmi: VirtualMachineInstance,
  { context, memory, signal }: CarryOut,
  operations: JsonPatchOperation[],
): Promise<boolean> {
  const whole = [testUid(vmi.metadata.uid ?? ''), ...operations];
  try {
    const after = await context.kube.jsonPatch(VirtualMachineInstance, vmi.metadata, whole, { signal });
    memory.changed(vmi, after);
    return true;
  } catch (error) {
    if (isInvalid(error) || isNotFound(error)) return false;
    throw error;
  }
}

/** Asks about machines that nobody can tell of yet: their creation was not answered, or the watch does not show them. */
export async function resolveDoubts(
  machines: VirtualMachineInstance[],
  namespace: string | undefined,
  { context, memory, signal }: Omit<CarryOut, 'settings'>,
): Promise<void> {
  for (const name of memory.doubts(machines, context.clock.elapsed())) {
    const vmi = await context.kube.get(VirtualMachineInstance, { namespace, name }, { signal });
    memory.asked(name, vmi, context.clock.elapsed());
  }
}

async function boot({ count, slots }: PoolPlan['boot'], to: CarryOut, carried: Carried): Promise<void> {
  const { context, memory, settings, signal } = to;
  const { kube, clock, log } = context;
  let missing = count;
  for (const port of slots) {
    if (!settings || missing <= 0) return;
    const wanted = bootingMachine(settings, randomUUID(), port, clock.now());
    let created: VirtualMachineInstance;
    try {
      memory.asks(wanted.metadata.name);
      created = await kube.create(VirtualMachineInstance, wanted, { signal });
      memory.asked(wanted.metadata.name, created, clock.elapsed());
    } catch (error) {
      if (isAlreadyExists(error)) {
        // The cache does not know it yet. It may be one of the pool's, whose creation was not answered.
        const taken = await kube.get(VirtualMachineInstance, wanted.metadata, { signal });
        memory.asked(wanted.metadata.name, taken, clock.elapsed());
        if (taken && isUnclaimed(taken)) missing -= 1;
        continue;
      }
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      memory.asked(wanted.metadata.name, undefined, clock.elapsed());
      carried.refused = refusal.message;
      return;
    }
    missing -= 1;
    carried.booted += 1;
    log.info({ container: keyOf(wanted.metadata) }, 'warm container booting');
    tell(created, 'Booting', context);
  }
}

function tell(vmi: VirtualMachineInstance, reason: 'Booting' | 'Warm', { events }: PoolContext): void {
  events.event(referenceTo(vmi), { type: 'Normal', reason, action: 'Boot', note: REASONS[reason].means });
}
