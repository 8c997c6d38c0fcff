/** What a container's VirtualMachineInstance tells about it; pure. */
import { ANNOTATION_CLIENT_TOKEN_SHA256, ANNOTATION_LISTEN_PORT, LABEL_CONTAINER_UUID } from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { ContainerRecord } from '../container-backend.ts';

/** @throws TypeError when the object is no container of ours */
export function recordOf(vmi: VirtualMachineInstance): ContainerRecord {
  const uuid = vmi.metadata.labels?.[LABEL_CONTAINER_UUID];
  const clientTokenSha256 = vmi.metadata.annotations?.[ANNOTATION_CLIENT_TOKEN_SHA256];
  const listenPort = Number(vmi.metadata.annotations?.[ANNOTATION_LISTEN_PORT]);
  if (!uuid || !clientTokenSha256 || !Number.isInteger(listenPort) || !vmi.metadata.uid) {
    throw new TypeError(`${vmi.metadata.name} lacks the labels and annotations of a container`);
  }
  return { uuid, clientTokenSha256, listenPort, instanceId: vmi.metadata.uid };
}

export type StartProgress =
  | { step: 'starting' }
  | { step: 'running'; address: string }
  /** It will not start, or not within anybody's patience; `reason` is KubeVirt's. */
  | { step: 'failed'; reason: string };

const PULL_FAILURES = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

export function startProgress(vmi: VirtualMachineInstance): StartProgress {
  if (vmi.metadata.deletionTimestamp) return { step: 'failed', reason: 'Deleted' };
  const phase = vmi.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return { step: 'failed', reason: phase };
  const address = vmi.status?.interfaces?.[0]?.ipAddress;
  if (phase === 'Running' && address) return { step: 'running', address };
  const pull = pullFailure(vmi);
  return pull ? { step: 'failed', reason: pull } : { step: 'starting' };
}

/** Why the ISO image can't be pulled: KubeVirt leaves such a machine in `Scheduling` for ever. */
function pullFailure(vmi: VirtualMachineInstance): string | undefined {
  const synchronized = vmi.status?.conditions?.find(
    (condition) => condition.type === 'Synchronized' && condition.status === 'False',
  );
  return synchronized?.reason && PULL_FAILURES.has(synchronized.reason) ? synchronized.reason : undefined;
}
