import { hostname } from 'node:os';
import { API_GROUP } from '../api/names.ts';
import { eventSink } from '../kube/event-sink.ts';
import { type KubeObject, keyOf } from '../kube/objects.ts';
import { runController } from '../runtime/controller.ts';
import { EventRecorder } from '../runtime/events/event-recorder.ts';
import type { ControllerMetrics, QueueMetrics } from '../runtime/metrics.ts';
import { shutDownInOrder } from '../runtime/shut-down.ts';
import { type Watch, watch } from '../runtime/watch.ts';
import { WorkQueue } from '../runtime/work-queue.ts';
import { neededCaches, serverKeyOf } from './caches.ts';
import type { Context, OperatorParts } from './context.ts';
import { PlatformCheck } from './platform/check-platform.ts';
import { platformWatch } from './platform/platform-watch.ts';
import { reconcileContainer } from './reconcile-container.ts';
import { reconcileServer } from './reconcile-server.ts';

export interface OperatorRun {
  /** How many objects of a kind are reconciled at a time: each waits for the API server far more than it computes. Default 8. */
  concurrency?: number;
  metrics?: { queue: QueueMetrics; controller: ControllerMetrics };
  /** Stops at once, as when leadership is lost: nothing may be written any more. */
  abandon?: AbortSignal;
}

/** Who speaks in the Events. */
const EVENT_CONTROLLER = `${API_GROUP}/operator`;

/** Reconciles servers and containers until the signal aborts; the caches are those of the context. */
export async function runOperator(parts: OperatorParts, signal: AbortSignal, run: OperatorRun = {}): Promise<void> {
  const { kube, clock, log } = parts;
  const sink = eventSink(kube, { controller: EVENT_CONTROLLER, instance: hostname() });
  const events = new EventRecorder({ sink, clock, log });
  const context: Context = { ...parts, platform: new PlatformCheck(kube, clock), events };
  const { concurrency: workers = 8, metrics, abandon } = run;
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
      ...(abandon && { abandon }),
    });
  await Promise.all([
    controller('server', serverWatches(context), reconcileServer),
    controller('container', containerWatches(context), reconcileContainer),
  ]);
  const abandoned = abandon ?? new AbortController().signal;
  const close = (late: AbortSignal) => events.close(AbortSignal.any([late, abandoned]));
  await shutDownInOrder([{ name: 'events', close }], { clock, log });
}

/** A server is looked at again when it changes, and when anything that was made for it does. */
function serverWatches({ caches, clock }: Context): Watch[] {
  const { servers: _, tokens: __, slices: ___, ...ofServers } = neededCaches(caches);
  return [
    watch(caches.servers, ownKey),
    ...Object.values(ofServers).map((store) => watch<KubeObject>(store, serverKey)),
    platformWatch(caches, clock, serverKey),
  ];
}

/** Without knowing the machines, a slice would seem to be left over. */
function containerWatches({ caches }: Context): Watch[] {
  return [watch(caches.machines, ownKey), watch(caches.slices, ownKey)];
}

const ownKey = (object: KubeObject): string[] => [keyOf(object.metadata)];

function serverKey(object: KubeObject): string[] {
  const key = serverKeyOf(object);
  return key ? [key] : [];
}
