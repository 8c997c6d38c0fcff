import { keyOf } from '../../kube/objects.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Watch, watch } from '../../runtime/watch.ts';
import type { Caches } from '../context.ts';

/** KubeVirt's resource is listed as fast as any other, or it is missing. */
const PATIENCE_MS = 5_000;

/**
 * The machines, as servers are told of them. KubeVirt may be missing or come later: servers don't wait for it, but long
 * enough to not report it as missing at each start; when it comes, each server is looked at again.
 * @param settleMs how long a change of a machine waits for others, in milliseconds
 */
export function platformWatch(
  { machines, servers }: Caches,
  clock: Clock,
  serverKey: (machine: VirtualMachineInstance) => string[],
  settleMs: () => number,
): Watch {
  const changes = watch(machines, serverKey, { settleMs });
  return {
    mayBeAbsent: false,
    async synced(signal) {
      const enough = new AbortController();
      const either = AbortSignal.any([signal, enough.signal]);
      try {
        await Promise.race([machines.synced(either), clock.sleep(PATIENCE_MS, either)]);
      } finally {
        enough.abort();
      }
    },
    feed(queue) {
      const ended = new AbortController();
      const addAll = (): void => {
        for (const { metadata } of servers.list()) queue.add(keyOf(metadata));
      };
      if (!machines.hasSynced) machines.synced(ended.signal).then(addAll, () => {});
      const unsubscribe = changes.feed(queue);
      return () => {
        ended.abort();
        unsubscribe();
      };
    },
  };
}
