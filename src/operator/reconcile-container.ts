import { referenceTo } from '../kube/event-sink.ts';
import { EndpointSlice, VirtualMachineInstance } from '../kube/resources.ts';
import { again, done, type Outcome } from '../runtime/outcome.ts';
import { apply } from './apply.ts';
import { END_NOTES, fateOf } from './container-end.ts';
import type { Context } from './context.ts';
import { endpointSlice } from './desired/endpoint-slice.ts';

/** Gives one container its way in while it is ready, and its end when its time has come. */
export async function reconcileContainer(key: string, context: Context, signal: AbortSignal): Promise<Outcome> {
  const { kube, caches, clock, log, events } = context;
  const vmi = caches.machines.get(key);
  const slice = caches.slices.get(key);
  const wanted = vmi && endpointSlice(vmi);
  if (wanted) await apply(context, EndpointSlice, caches.slices, wanted, signal);
  else if (slice?.metadata.uid) await kube.delete(EndpointSlice, slice.metadata, { uid: slice.metadata.uid, signal });

  if (!vmi?.metadata.uid || vmi.metadata.deletionTimestamp) return done();
  const fate = fateOf(vmi, clock.now());
  if (!fate.over) return again(fate.at - clock.now());
  await kube.delete(VirtualMachineInstance, vmi.metadata, { uid: vmi.metadata.uid, propagation: 'Background', signal });
  log.info({ container: key, reason: fate.reason }, 'container destroyed');
  const note = `The container was destroyed: ${END_NOTES[fate.reason]}.`;
  events.event(referenceTo(vmi), { type: 'Normal', reason: fate.reason, action: 'Destroy', note });
  return done();
}
