/** How a machine goes that boots ahead of demand; pure. */
import { ANNOTATION_EXPIRES_AT, ANNOTATION_START_BY } from '../../api/names.ts';
import type { POOL_REASONS } from '../../api/reasons/containers.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { conditionOf, startProgress } from '../../virtualization/kubevirt/machine-state.ts';
import { isAboutQuota } from '../../virtualization/kubevirt/platform-error.ts';
import { type ContainerReason, deadlineOf, endOf } from '../container-end.ts';

export type Booting =
  /** Nothing to do before `at` (milliseconds). */
  | { step: 'booting'; at: number }
  /** Its SSH port answers. */
  | { step: 'up' }
  /** The cluster has no place for it: waiting is all that helps, until it expires. */
  | { step: 'held'; at: number; reason: HoldReason; message: string }
  /** A boot that counts as failed; `detail` is KubeVirt's. */
  | { step: 'failed'; reason: BootFailure; detail?: string }
  /** It goes, and nobody is to blame. */
  | { step: 'over'; reason: Extract<ContainerReason, 'Expired' | 'Malformed'> };

type HoldReason = Extract<keyof typeof POOL_REASONS, 'PoolUnschedulable' | 'PoolQuotaExceeded' | 'PoolLauncherRefused'>;
type BootFailure = Extract<ContainerReason, 'Finished' | 'NodeLost' | 'StartDeadline' | 'ImagePullFailed'>;

/** An image that can't be pulled for this long won't come by waiting; less may be a registry's hiccup. */
const PULL_PATIENCE_MS = 30_000;

/** @param now milliseconds */
export function bootingOf(vmi: VirtualMachineInstance, now: number): Booting {
  const ended = endOf(vmi);
  if (ended) return { step: 'failed', reason: ended };
  const startBy = deadlineOf(vmi, ANNOTATION_START_BY);
  const expiresAt = deadlineOf(vmi, ANNOTATION_EXPIRES_AT);
  if (Number.isNaN(startBy) || Number.isNaN(expiresAt)) return { step: 'over', reason: 'Malformed' };
  const hold = holdOf(vmi);
  if (hold) return expiresAt <= now ? { step: 'over', reason: 'Expired' } : { step: 'held', at: expiresAt, ...hold };
  if (isReady(vmi) && now < expiresAt) return { step: 'up' };
  const pull = pullFailure(vmi);
  if (pull && pull.at <= now) return { step: 'failed', reason: 'ImagePullFailed', detail: pull.detail };
  if (startBy <= now) return { step: 'failed', reason: 'StartDeadline', ...(pull && { detail: pull.detail }) };
  return { step: 'booting', at: Math.min(startBy, pull?.at ?? startBy) };
}

/** Its SSH port answers, as the readiness probe of its pod says. */
export function isReady(vmi: VirtualMachineInstance): boolean {
  return vmi.status?.phase === 'Running' && conditionOf(vmi, 'Ready')?.status === 'True';
}

/** Since when its SSH port does not answer, in milliseconds; undefined while it does, or where that is not known. */
export function unreadySince(vmi: VirtualMachineInstance): number | undefined {
  const ready = conditionOf(vmi, 'Ready');
  const since = ready?.status === 'False' ? Date.parse(ready.lastTransitionTime ?? '') : Number.NaN;
  return Number.isNaN(since) ? undefined : since;
}

function holdOf(vmi: VirtualMachineInstance): { reason: HoldReason; message: string } | undefined {
  // Later on, what stands there is old.
  if (!['Pending', 'Scheduling'].includes(vmi.status?.phase ?? 'Pending')) return undefined;
  const created = conditionOf(vmi, 'Synchronized');
  if (created?.status === 'False' && created.reason === 'FailedCreate') {
    const { message = '' } = created;
    return { reason: isAboutQuota(message) ? 'PoolQuotaExceeded' : 'PoolLauncherRefused', message };
  }
  const scheduled = conditionOf(vmi, 'PodScheduled');
  const waits = scheduled?.status === 'False' && ['Unschedulable', 'SchedulingGated'].includes(scheduled.reason ?? '');
  return waits ? { reason: 'PoolUnschedulable', message: scheduled.message ?? '' } : undefined;
}

/** @returns when it counts as a failure, in milliseconds */
function pullFailure(vmi: VirtualMachineInstance): { at: number; detail: string } | undefined {
  const progress = startProgress(vmi);
  if (progress.step !== 'failed') return undefined;
  const { lastTransitionTime, message } = conditionOf(vmi, 'Synchronized') ?? {};
  const since = Date.parse(lastTransitionTime ?? '');
  const detail = message ? `${progress.reason}: ${message}` : progress.reason;
  return { at: Number.isNaN(since) ? Number.POSITIVE_INFINITY : since + PULL_PATIENCE_MS, detail };
}
