/** What a cluster of one node, which has no labels, says of the pods that are made for a server, image by image. */
import { LABEL_COMPONENT } from '../../../src/api/names.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { isConflict, isNotFound } from '../../../src/kube/errors.ts';
import { type KubeObject, keyOf, nameOf } from '../../../src/kube/objects.ts';
import { Pod } from '../../../src/kube/resources.ts';
import type { Caches } from '../../../src/operator/context.ts';
import { runController } from '../../../src/runtime/controller.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { again, done } from '../../../src/runtime/outcome.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { watch } from '../../../src/runtime/watch.ts';

/** That of the ISO of every image. */
const DIGEST = 'ab'.repeat(32);
/** No registry has one of this name. */
export const MISSING_IMAGE = 'registry.example/missing:1';
/** Its program ends at once. */
export const ENDING_IMAGE = 'registry.example/ending:1';
/** Between two tries of a kubelet: many times as often as a real one tries. */
const TRY_MS = 300;

/** Plays it until the signal aborts. */
export async function playNode(admin: KubeClient, { pods }: Caches, log: Log, signal: AbortSignal): Promise<void> {
  const tries = new Map<string, number>();
  await runController({
    name: 'played-node',
    watches: [watch<KubeObject>(pods, ({ metadata }) => [keyOf(metadata)])],
    workers: 4,
    clock: systemClock,
    log,
    signal,
    async reconcile(key) {
      const pod = pods.get(key);
      if (!pod || pod.metadata.deletionTimestamp || pod.status?.phase === 'Succeeded') return done();
      const turn = tries.get(key) ?? 0;
      const { status, isTriedAgain = false } = judge(pod, turn) ?? {};
      if (!status || (turn > 0 && !isTriedAgain)) return done();
      tries.set(key, turn + 1);
      try {
        await admin.mergePatch(Pod, nameOf(key), { status }, { subresource: 'status' });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
      return isTriedAgain ? again(TRY_MS) : done();
    },
  });
}

interface Judgement {
  status: object;
  /** And says something else then. */
  isTriedAgain?: boolean;
}

function judge(pod: Pod, turn: number): Judgement | undefined {
  const { nodeSelector = {}, volumes = [], containers = [] } = pod.spec ?? {};
  const claim = volumes.find(({ persistentVolumeClaim }) => persistentVolumeClaim)?.persistentVolumeClaim?.claimName;
  if (claim) return unscheduled(`0/1 nodes are available: persistentvolumeclaim "${claim}" not found.`);
  const isOfPlatform = (label: string) => /^(\w+\.)*(kubevirt|kubernetes)\.io\//.test(label);
  if (Object.keys(nodeSelector).some((label) => !isOfPlatform(label))) {
    return unscheduled("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.");
  }
  const component = pod.metadata.labels?.[LABEL_COMPONENT];
  if (component !== 'server' && component !== 'iso-check') return undefined;
  const images = [...containers.map(({ image }) => image), ...volumes.map(({ image }) => image?.reference)];
  if (images.includes(MISSING_IMAGE)) return { status: unpulled(pod, turn), isTriedAgain: true };
  if (component === 'iso-check') {
    const terminated = { exitCode: 0, message: DIGEST, finishedAt: new Date().toISOString() };
    return { status: { phase: 'Succeeded', ...containerStatus(pod, { state: { terminated } }) } };
  }
  if (images.includes(ENDING_IMAGE)) return { status: ending(pod, turn), isTriedAgain: true };
  return { status: containerStatus(pod, { state: { waiting: { reason: 'ContainerCreating' } } }) };
}

function unscheduled(message: string): Judgement {
  const why = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  return { status: { conditions: [{ ...why, lastTransitionTime: new Date().toISOString() }] } };
}

/** As kubelets do: the error, and that they wait to try again, and the error. */
function unpulled(pod: Pod, turn: number): object {
  const port = 40_000 + turn;
  const cause = `failed to pull and unpack image "${MISSING_IMAGE}": read udp 10.0.0.1:${port}->10.0.0.2:53: i/o timeout`;
  const waits = `Back-off pulling image "${MISSING_IMAGE}": ErrImagePull: ${cause}`;
  const waiting =
    turn % 2 === 0 ? { reason: 'ErrImagePull', message: cause } : { reason: 'ImagePullBackOff', message: waits };
  return containerStatus(pod, { state: { waiting } });
}

function ending(pod: Pod, turn: number): object {
  const message = `{"time":${Date.now()},"msg":"no such program"}`;
  const terminated = { exitCode: 2, reason: 'Error', message, finishedAt: new Date().toISOString() };
  const waiting = { reason: 'CrashLoopBackOff', message: `back-off ${turn}s restarting failed container` };
  const startedAt = new Date().toISOString();
  const state = [{ terminated }, { waiting }, { running: { startedAt } }][turn % 3];
  return { phase: 'Running', ...containerStatus(pod, { state, lastState: { terminated }, restartCount: turn + 1 }) };
}

function containerStatus(pod: Pod, fields: object): object {
  const name = pod.spec?.containers[0]?.name;
  return { containerStatuses: [{ name, image: '', imageID: '', ready: false, restartCount: 0, ...fields }] };
}
