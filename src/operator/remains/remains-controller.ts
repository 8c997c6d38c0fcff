import type { KubeObject } from '../../kube/objects.ts';
import { keyOf } from '../../kube/objects.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import { type Watch, watch } from '../../runtime/watch.ts';
import { serverKeyOf } from '../caches.ts';
import type { RemainsCaches } from './cached-remains.ts';
import { REMAINS_AFTER_MS, type RemainsContext, reconcileRemains } from './reconcile-remains.ts';

interface RemainsController {
  name: string;
  watches: Watch[];
  reconcile(key: string, context: RemainsContext, signal: AbortSignal): Promise<Outcome>;
}

/** Looks at a server some time after it has gone, and at one that is missing from the start. */
export function remainsController({ caches }: { caches: RemainsCaches }): RemainsController {
  // Machines have a controller of their own.
  const { servers, machines: _, ...ofServers } = caches;
  const settleMs = () => REMAINS_AFTER_MS;
  const isLost = (current?: KubeObject, previous?: KubeObject): boolean => {
    const object = current ?? previous;
    return object !== undefined && serverKeys(object).some((key) => !servers.get(key));
  };
  return {
    name: 'remains',
    watches: [
      watch(servers, ({ metadata }) => [keyOf(metadata)], { when: (current) => !current, settleMs }),
      ...Object.values(ofServers).map((store) => watch<KubeObject>(store, serverKeys, { when: isLost, settleMs })),
    ],
    reconcile: reconcileRemains,
  };
}

function serverKeys(object: KubeObject): string[] {
  const key = serverKeyOf(object);
  return key ? [key] : [];
}
