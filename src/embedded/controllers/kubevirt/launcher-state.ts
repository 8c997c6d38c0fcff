/** What virt-controller reads off a launcher pod. */
import type { Pod } from '../../../kube/resources.ts';

/** Bound and started. The compute container need not be ready: its readiness is the guest's. */
export function isUp(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  return (
    !isGoingDown(pod) &&
    pod.status?.phase === 'Running' &&
    statuses.every(({ name, ready, state }) => (name === 'compute' ? !!state?.running : ready))
  );
}

/** Ended, or about to. */
export function isGoingDown({ metadata, status }: Pod): boolean {
  const compute = status?.containerStatuses?.find(({ name }) => name === 'compute');
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return isOver || compute?.state?.terminated !== undefined || metadata.deletionTimestamp !== undefined;
}

const PULL_FAILURES = new Set(['ErrImagePull', 'ImagePullBackOff']);

/** Why an image of the pod's is not there, if one is not. */
export function pullFailure({ status }: Pod): { reason: string; message: string } | undefined {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const waiting = statuses.map(({ state }) => state?.waiting).find((one) => PULL_FAILURES.has(one?.reason ?? ''));
  return waiting && { reason: waiting.reason ?? '', message: waiting.message ?? '' };
}
