import { hostname } from 'node:os';
import { API_GROUP, LABEL_COMPONENT } from '../api/names.ts';
import type { AnweddolServer } from '../api/resources.ts';
import { eventSink } from '../kube/event-sink.ts';
import { type KubeObject, keyOf } from '../kube/objects.ts';
import type { Pod } from '../kube/resources.ts';
import { runController } from '../runtime/controller.ts';
import { EventRecorder } from '../runtime/events/event-recorder.ts';
import type { ControllerMetrics, QueueMetrics } from '../runtime/metrics.ts';
import { shutDownInOrder } from '../runtime/shut-down.ts';
import { type Watch, watch } from '../runtime/watch.ts';
import { generationChanged } from '../runtime/watched-metadata.ts';
import { WorkQueue } from '../runtime/work-queue.ts';
import { neededCaches, serverKeyOf } from './caches.ts';
import { keepsPool } from './containers/owner-server.ts';
import { StuckContainers } from './containers/stuck.ts';
import { type Context, INDEX_BY_SERVER, type OperatorParts } from './context.ts';
import { KeyPairs } from './keys/key-pairs.ts';
import { countChanges } from './metrics/count-changes.ts';
import { readFleet } from './metrics/read-fleet.ts';
import { ClusterNetworks } from './network/cluster-networks.ts';
import { networksWatch } from './network/networks-watch.ts';
import { PlatformCheck } from './platform/check-platform.ts';
import { platformWatch } from './platform/platform-watch.ts';
import { PoolMemories } from './pool/pool-memory.ts';
import { Recollection } from './recollection.ts';
import { reconcileContainer } from './reconcile-container.ts';
import { reconcileServer } from './reconcile-server.ts';
import { Refusals } from './refusals.ts';
import { remainsController } from './remains/remains-controller.ts';
import { tokenControllers } from './tokens/token-controllers.ts';

export interface OperatorRun {
  /** How many objects of a kind are reconciled at a time: each waits for the API server far more than it computes. Default 16. */
  concurrency?: number;
  /** How long one reconcile may take. Default 2 minutes. */
  reconcileTimeoutMs?: number;
  metrics?: { queue: QueueMetrics; controller: ControllerMetrics };
  /** Stops at once, as when leadership is lost: nothing may be written any more. */
  abandon?: AbortSignal;
}

/** What is made for a server, and its many machines, changes in bursts: they are looked at together. */
const SETTLE_MS = 100;
const settleMs = () => SETTLE_MS;

/** Who speaks in the Events. */
const EVENT_CONTROLLER = `${API_GROUP}/operator`;

/** Reconciles servers and containers until the signal aborts; the caches are those of the context. */
export async function runOperator(parts: OperatorParts, signal: AbortSignal, run: OperatorRun = {}): Promise<void> {
  const { kube, clock, log, clusterCidrs = [] } = parts;
  const sink = eventSink(kube, { controller: EVENT_CONTROLLER, instance: hostname() });
  const events = new EventRecorder({ sink, clock, log });
  const context: Context = {
    ...parts,
    platform: new PlatformCheck(kube, clock),
    networks: new ClusterNetworks({ kube, clock, log, configured: clusterCidrs }),
    refusals: new Refusals(clock),
    pools: new PoolMemories(),
    stuck: new StuckContainers(),
    keyPairs: new KeyPairs(),
    knownKeys: new Recollection(clock),
    knownCertificates: new Recollection(clock),
    events,
  };
  const { concurrency: workers = 16, reconcileTimeoutMs, metrics, abandon } = run;
  const controller = (name: string, watches: Watch[], reconcile: typeof reconcileServer) =>
    runController({
      name,
      watches,
      queue: new WorkQueue({ clock, name, metrics: metrics?.queue }),
      reconcile: (key, deadline) => reconcile(key, context, deadline),
      workers,
      metrics: metrics?.controller,
      clock,
      log,
      signal,
      ...(reconcileTimeoutMs && { reconcileTimeoutMs }),
      ...(abandon && { abandon }),
    });
  const stopTelling = tellNumbers(context);
  try {
    await Promise.all([
      controller('server', serverWatches(context), reconcileServer),
      controller('container', containerWatches(context), reconcileContainer),
      ...[...tokenControllers(context), remainsController(context)].map(({ name, watches, reconcile }) =>
        controller(name, watches, reconcile),
      ),
    ]);
  } finally {
    stopTelling();
  }
  const abandoned = abandon ?? new AbortController().signal;
  const close = (late: AbortSignal) => events.close(AbortSignal.any([late, abandoned]));
  await shutDownInOrder([{ name: 'events', close }], { clock, log });
}

/** While this process works it tells of the servers; one that stands by does not, so that nothing is counted twice. */
function tellNumbers({ caches, clock, metrics }: Context): () => void {
  if (!metrics) return () => undefined;
  const ended = new AbortController();
  countChanges(caches, metrics, clock, ended.signal);
  const stopWorking = metrics.working(() => readFleet(caches, clock.now()));
  return () => {
    ended.abort();
    stopWorking();
  };
}

/** A server is looked at again when it changes, and when anything that was made for it does. */
function serverWatches({ caches, clock, log, networks }: Context): Watch[] {
  const { servers: _, tokens: __, slices: ___, pods: ____, ...ofServers } = neededCaches(caches);
  return [
    // A change of the status alone is mostly our own.
    watch(caches.servers, ownKey, { settleMs: (now, before) => (generationChanged(now, before) ? 0 : SETTLE_MS) }),
    ...Object.values(ofServers).map((store) => watch<KubeObject>(store, serverKey, { settleMs })),
    // The pods of containers tell nothing that their machines do not.
    watch(caches.pods, serverKey, { when: (pod, before) => !isOfContainer(pod ?? before), settleMs }),
    platformWatch(caches, clock, serverKey, settleMs),
    networksWatch({ networks, servers: caches.servers, clock, log }),
  ];
}

/** Without knowing the machines, a slice would seem to be left over. */
function containerWatches({ caches }: Context): Watch[] {
  const machinesOf = ({ metadata }: KubeObject): string[] =>
    caches.machines.byIndex(INDEX_BY_SERVER, keyOf(metadata)).flatMap(ownKey);
  // A container is looked at again when its server goes, and when nobody keeps its pool any more.
  const turn = (current?: AnweddolServer, previous?: AnweddolServer): boolean =>
    current?.metadata.uid !== previous?.metadata.uid || keepsPool(current) !== keepsPool(previous);
  return [
    watch(caches.machines, ownKey),
    watch(caches.slices, ownKey),
    watch(caches.servers, machinesOf, { when: turn }),
  ];
}

const isOfContainer = (pod?: Pod): boolean => pod?.metadata.labels?.[LABEL_COMPONENT] === 'container';

const ownKey = (object: KubeObject): string[] => [keyOf(object.metadata)];

function serverKey(object: KubeObject): string[] {
  const key = serverKeyOf(object);
  return key ? [key] : [];
}
