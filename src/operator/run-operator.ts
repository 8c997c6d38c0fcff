import { type KubeObject, keyOf } from '../kube/objects.ts';
import type { Store } from '../kube/store.ts';
import { runController } from '../runtime/controller.ts';
import { WorkQueue } from '../runtime/work-queue.ts';
import { serverKeyOf } from './caches.ts';
import type { Context } from './context.ts';
import { reconcileContainer } from './reconcile-container.ts';
import { reconcileServer } from './reconcile-server.ts';

/** Reconciles of one kind at a time: each waits for the API server far more than it computes. */
const WORKERS = 8;

/** Reconciles servers and containers until the signal aborts; the caches are those of the context. */
export async function runOperator(context: Context, signal: AbortSignal): Promise<void> {
  const { caches, clock, log } = context;
  const servers = new WorkQueue({ clock });
  const containers = new WorkQueue({ clock });
  const { machines, slices, ...ofServers } = caches;
  const stores: Store<KubeObject>[] = Object.values({ ...ofServers, machines });
  for (const store of stores) {
    watch(
      store,
      (object) => (object.kind === 'AnweddolServer' ? keyOf(object.metadata) : serverKeyOf(object)),
      servers,
    );
  }
  const ofContainers: Store<KubeObject>[] = [machines, slices];
  for (const store of ofContainers) watch(store, (object) => keyOf(object.metadata), containers);

  // A reconcile that looks into an empty cache would write what is there already. KubeVirt may be missing: its cache may wait.
  await Promise.all(Object.values({ ...ofServers, slices }).map((store) => store.synced(signal)));
  log.info({}, 'caches are in sync');
  const common = { workers: WORKERS, clock, log, signal };
  await Promise.all([
    runController({
      ...common,
      name: 'server',
      queue: servers,
      reconcile: (key, s) => reconcileServer(key, context, s),
    }),
    runController({
      ...common,
      name: 'container',
      queue: containers,
      reconcile: (key, s) => reconcileContainer(key, context, s),
    }),
  ]);
}

function watch<T extends KubeObject>(
  store: Store<T>,
  keyFor: (object: KubeObject) => string | undefined,
  queue: WorkQueue,
): void {
  store.onChange((current, previous) => {
    const object = current ?? previous;
    const key = object && keyFor(object);
    if (key) queue.add(key);
  });
}
