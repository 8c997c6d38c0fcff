import type { V1PodCondition, V1PodStatus } from '@kubernetes/client-node';
import type { Json } from '../../../kube/objects.ts';
import type { Pod } from '../../../kube/resources.ts';
import type { ContainerStatus } from './container-record.ts';
import { restarts } from './restart-policy.ts';

type PodStatus = Json<V1PodStatus>;
export type PodCondition = Json<V1PodCondition>;

export interface PodFacts {
  addresses: { pod: string; host: string };
  /** RFC 3339: when the node took the pod. */
  startTime: string;
  initContainers: ContainerStatus[];
  containers: ContainerStatus[];
}

/**
 * What a kubelet would report of a pod. Conditions that others own, such as readiness gates, are left out.
 * @param before the conditions reported last: one that has not turned keeps its time
 */
export function podStatus(pod: Pod, facts: PodFacts, before: PodCondition[], now: string): PodStatus {
  const { addresses, startTime, initContainers, containers } = facts;
  return {
    phase: podPhase(pod, facts),
    conditions: conditions(pod, facts, before, now),
    hostIP: addresses.host,
    podIP: addresses.pod,
    podIPs: [{ ip: addresses.pod }],
    startTime,
    ...(initContainers.length > 0 && { initContainerStatuses: initContainers }),
    containerStatuses: containers,
    qosClass: pod.status?.qosClass ?? 'BestEffort',
  };
}

function podPhase(pod: Pod, { initContainers, containers }: PodFacts): string {
  const policy = pod.spec?.restartPolicy;
  const failedInit = initContainers.some(({ state }) => state?.terminated && state.terminated.exitCode !== 0);
  if (failedInit && policy === 'Never') return 'Failed';
  const ends = containers.map(({ state, lastState }) => (state?.waiting ? lastState : state)?.terminated);
  const finished = ends.every((end) => end && !restarts(policy, end.exitCode));
  if (finished) return ends.every((end) => end?.exitCode === 0) ? 'Succeeded' : 'Failed';
  const started = containers.every(({ state, lastState }) => !state?.waiting || lastState?.terminated);
  return started ? 'Running' : 'Pending';
}

function conditions(pod: Pod, facts: PodFacts, told: PodCondition[], now: string): PodCondition[] {
  const phase = podPhase(pod, facts);
  const initialized = facts.initContainers.every(({ state }) => state?.terminated?.exitCode === 0);
  const unready = facts.containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const why =
    phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const containersReady = unready.length === 0 && phase === 'Running';
  const closedGate = pod.spec?.readinessGates?.find(
    ({ conditionType }) =>
      !pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  const gate = {
    reason: 'ReadinessGatesNotReady',
    message: `corresponding condition of pod readiness gate "${closedGate?.conditionType}" is not True`,
  };
  const holding: [string, boolean, { reason?: string; message?: string }][] = [
    ['PodScheduled', true, {}],
    ['Initialized', initialized, { reason: 'ContainersNotInitialized' }],
    ['ContainersReady', containersReady, why],
    ['Ready', containersReady && !closedGate, containersReady ? gate : why],
  ];
  return holding.map(([type, holds, reasons]) => {
    const status = holds ? 'True' : 'False';
    const before = told.find((condition) => condition.type === type);
    const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
    return { type, status, lastTransitionTime, ...(!holds && reasons) };
  });
}
