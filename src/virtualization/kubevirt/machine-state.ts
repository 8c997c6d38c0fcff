/** What a container's VirtualMachineInstance tells about it; pure. */
import {
  ANNOTATION_CLIENT_TOKEN_SHA256,
  ANNOTATION_ISO_SHA256,
  ANNOTATION_LISTEN_PORT,
  LABEL_CONTAINER_UUID,
} from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { ContainerRecord } from '../container-backend.ts';
import type { VirtualizationErrorCode } from '../errors.ts';
import { isAboutQuota, isForbidding } from './platform-error.ts';

/**
 * The token's digest is empty, and so nobody's, while nobody has claimed it.
 * @throws TypeError when the object is no container of ours
 */
export function recordOf(vmi: VirtualMachineInstance): ContainerRecord {
  const uuid = vmi.metadata.labels?.[LABEL_CONTAINER_UUID];
  const { annotations = {} } = vmi.metadata;
  const listenPort = Number(annotations[ANNOTATION_LISTEN_PORT]);
  if (!uuid || !Number.isInteger(listenPort) || !vmi.metadata.uid) {
    throw new TypeError(`${vmi.metadata.name} lacks the labels and annotations of a container`);
  }
  const isoSha256 = annotations[ANNOTATION_ISO_SHA256];
  return {
    uuid,
    clientTokenSha256: annotations[ANNOTATION_CLIENT_TOKEN_SHA256] ?? '',
    listenPort,
    instanceId: vmi.metadata.uid,
    ...(isoSha256 && { isoSha256 }),
  };
}

export function isClaimed(vmi: VirtualMachineInstance): boolean {
  return Boolean(vmi.metadata.annotations?.[ANNOTATION_CLIENT_TOKEN_SHA256]);
}

/** Whether its SSH port answers. */
export function isReady(vmi: VirtualMachineInstance): boolean {
  return conditionOf(vmi, 'Ready')?.status === 'True';
}

interface Trouble {
  code: VirtualizationErrorCode;
  /** KubeVirt's word for it. */
  reason: string;
}

export type StartProgress =
  /** With what keeps it from starting for now, where that is known. */
  | { step: 'starting'; trouble?: Trouble }
  | { step: 'running'; address: string }
  /** It will not start, or not within anybody's patience. */
  | ({ step: 'failed' } & Trouble);

/** What a kubelet says of an image that it can't get. */
export const PULL_FAILURES: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

export function startProgress(vmi: VirtualMachineInstance): StartProgress {
  if (vmi.metadata.deletionTimestamp) return failed('StartFailed', 'Deleted');
  const { phase, reason, interfaces } = vmi.status ?? {};
  if (phase === 'Failed' && reason === 'NodeUnresponsive') return failed('NodeLost', reason);
  if (phase === 'Succeeded' || phase === 'Failed') return failed('StartFailed', reason || phase);
  const address = interfaces?.[0]?.ipAddress;
  if (phase === 'Running' && address) return { step: 'running', address };
  return unsynchronized(vmi) ?? unscheduled(vmi) ?? { step: 'starting' };
}

/**
 * KubeVirt leaves a machine whose image can't be pulled in `Scheduling` for ever, and one that gets no pod in `Pending`:
 * a quota or a rule that forbids the pod is not lifted within anybody's patience, all else may be.
 */
function unsynchronized(vmi: VirtualMachineInstance): StartProgress | undefined {
  const { status, reason = '', message } = conditionOf(vmi, 'Synchronized') ?? {};
  if (status !== 'False') return undefined;
  if (PULL_FAILURES.has(reason)) return failed('ImagePullFailed', reason);
  if (reason !== 'FailedCreate') return undefined;
  if (!message || isAboutQuota(message)) return failed('QuotaExceeded', reason);
  if (isForbidding(message)) return failed('MachineRefused', reason);
  return { step: 'starting', trouble: { code: 'StartFailed', reason } };
}

/** A node may get room at any moment. */
function unscheduled(vmi: VirtualMachineInstance): StartProgress | undefined {
  const { status, reason = 'Unschedulable' } = conditionOf(vmi, 'PodScheduled') ?? {};
  return status === 'False' ? { step: 'starting', trouble: { code: 'Unschedulable', reason } } : undefined;
}

function failed(code: VirtualizationErrorCode, reason: string): StartProgress {
  return { step: 'failed', code, reason };
}

export function conditionOf({ status }: VirtualMachineInstance, type: string) {
  return status?.conditions?.find((one) => one.type === type);
}
