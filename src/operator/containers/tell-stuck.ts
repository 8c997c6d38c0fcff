import { LABEL_SERVER } from '../../api/names.ts';
import { referenceTo } from '../../kube/event-sink.ts';
import { keyOf } from '../../kube/objects.ts';
import type { Pod, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Log } from '../../runtime/log.ts';
import { again, done, type Outcome } from '../../runtime/outcome.ts';
import { type Context, INDEX_BY_SERVER } from '../context.ts';
import { STUCK_AFTER_MS, stuckNote, TELL_AGAIN_MS } from './stuck.ts';

interface StuckContext extends Pick<Context, 'clock' | 'events' | 'stuck'> {
  caches: Pick<Context['caches'], 'pods'>;
  log: Pick<Log, 'warn'>;
}

/** Says so where a machine that ends has not gone for long. */
export function tellStuck(vmi: VirtualMachineInstance, context: StuckContext): Outcome {
  const { clock, log, events, stuck } = context;
  const { uid = '', deletionTimestamp = '', finalizers } = vmi.metadata;
  const since = Date.parse(deletionTimestamp);
  if (Number.isNaN(since)) return done();
  const key = keyOf(vmi.metadata);
  const left = since + STUCK_AFTER_MS - clock.now();
  const wait = left > 0 ? left : stuck.wait(key, uid, clock.elapsed());
  if (wait > 0) return again(wait);
  stuck.told(key, uid, clock.elapsed());
  log.warn({ container: key, since: deletionTimestamp, finalizers }, 'container does not go');
  const note = stuckNote(vmi, launcherOf(vmi, context));
  events.event(referenceTo(vmi), { type: 'Warning', reason: 'StuckTerminating', action: 'Destroy', note });
  return again(TELL_AGAIN_MS);
}

/** KubeVirt gives the pod the labels of its machine, so that it is in the cache. */
function launcherOf({ metadata }: VirtualMachineInstance, { caches }: StuckContext): Pod | undefined {
  const server = { namespace: metadata.namespace, name: metadata.labels?.[LABEL_SERVER] ?? '' };
  const pods = caches.pods.byIndex(INDEX_BY_SERVER, keyOf(server));
  return pods.find((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
}
