import { ANNOTATION_EXPIRES_AT } from '../api/names.ts';
import { REASONS } from '../api/reasons.ts';
import { isConflict } from '../kube/errors.ts';
import { referenceTo } from '../kube/event-sink.ts';
import { type KubeObject, keyOf } from '../kube/objects.ts';
import { EndpointSlice, VirtualMachineInstance } from '../kube/resources.ts';
import { again, done, type Outcome } from '../runtime/outcome.ts';
import { apply } from './apply.ts';
import { type ContainerReason, deadlineOf, type Fate, fateOf } from './container-end.ts';
import { inTraceOf } from './containers/container-trace.ts';
import { isOrphan, keepsPool, serverOf } from './containers/owner-server.ts';
import { tellStuck } from './containers/tell-stuck.ts';
import type { Context } from './context.ts';
import { endpointSlice } from './desired/endpoint-slice.ts';
import { serverNameOf } from './metrics/machine-facts.ts';
import { isBooting } from './pool/pool-machines.ts';

type ContainerContext = Pick<
  Context,
  'kube' | 'caches' | 'clock' | 'log' | 'refusals' | 'stuck' | 'events' | 'metrics' | 'tracer'
>;

/** Gives one container its way in while it is ready, and its end when its time has come. */
export async function reconcileContainer(
  key: string,
  context: ContainerContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { caches, clock, stuck } = context;
  const vmi = caches.machines.get(key);
  const way = vmi && endpointSlice(vmi);
  if (!way) await removeWayIn(key, vmi, context, signal);
  if (!vmi?.metadata.deletionTimestamp) stuck.forget(key);
  if (!vmi) return done();
  if (vmi.metadata.deletionTimestamp) return tellStuck(vmi, context);
  // Before its way in is made: where that is refused, it has its end all the same.
  if (await isOrphan(vmi, context, signal)) return end(vmi, 'Orphaned', context, signal);
  const isPools = isBooting(vmi) && keepsPool(serverOf(vmi, context));
  const fate = isPools ? fateInPool(vmi, clock.now()) : fateOf(vmi, clock.now());
  if (fate.over) return end(vmi, fate.reason, context, signal);
  if (way) await giveWayIn(way, vmi, context, signal);
  return again(fate.at - clock.now());
}

async function giveWayIn(
  way: EndpointSlice,
  vmi: VirtualMachineInstance,
  context: ContainerContext,
  signal: AbortSignal,
): Promise<void> {
  const { slices } = context.caches;
  const give = () => apply(context, EndpointSlice, slices, way, signal);
  if (isOf(vmi, slices.get(keyOf(way.metadata)))) await give();
  else await inTraceOf(vmi, context, 'open-way-in', give);
}

async function removeWayIn(
  key: string,
  vmi: VirtualMachineInstance | undefined,
  context: ContainerContext,
  signal: AbortSignal,
): Promise<void> {
  const slice = context.caches.slices.get(key);
  const { uid, deletionTimestamp } = slice?.metadata ?? {};
  if (!slice || !uid || deletionTimestamp) return;
  const close = () => context.kube.delete(EndpointSlice, slice.metadata, { uid, signal });
  await (vmi && isOf(vmi, slice) ? inTraceOf(vmi, context, 'close-way-in', close) : close());
}

/** Not of another machine that had its slot before. */
function isOf({ metadata }: VirtualMachineInstance, slice: KubeObject | undefined): boolean {
  return slice?.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) ?? false;
}

/** The pool has so much time to end what boots for it, and to count it, before anybody else does. */
const POOL_GRACE_MS = 60_000;

/** What boots for a pool is the pool's to end; but nothing lives for ever. */
function fateInPool(vmi: VirtualMachineInstance, now: number): Fate {
  const expiresAt = deadlineOf(vmi, ANNOTATION_EXPIRES_AT);
  if (Number.isNaN(expiresAt)) return { over: true, reason: 'Malformed' };
  const at = expiresAt + POOL_GRACE_MS;
  return at <= now ? { over: true, reason: 'Expired' } : { over: false, at, reason: 'Expired' };
}

/** A newer version of the machine is on its way to the cache: this looks again should it not come. */
const CONFLICT_AGAIN_MS = 1_000;

async function end(
  vmi: VirtualMachineInstance,
  reason: ContainerReason,
  { kube, log, events, metrics, tracer }: ContainerContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { namespace, name, uid, resourceVersion } = vmi.metadata;
  if (!uid || !resourceVersion) return done();
  try {
    // What was seen is judged, and nothing else: it may be claimed, or ready, by now.
    const options = { uid, resourceVersion, propagation: 'Background', signal } as const;
    const isGoing = await inTraceOf(vmi, { tracer }, 'end', (span) => {
      span.set('anweddol.container.reason', reason);
      return kube.delete(VirtualMachineInstance, vmi.metadata, options);
    });
    if (!isGoing) return done();
  } catch (error) {
    if (isConflict(error)) return again(CONFLICT_AGAIN_MS);
    throw error;
  }
  log.info({ container: `${namespace}/${name}`, reason }, 'container destroyed');
  metrics?.containerEnded(serverNameOf(vmi), reason);
  const type = reason === 'Orphaned' || reason === 'NodeLost' ? 'Warning' : 'Normal';
  events.event(referenceTo(vmi), { type, reason, action: 'Destroy', note: REASONS[reason].means });
  return done();
}
