import type { V1Condition, V1ServiceStatus } from '@kubernetes/client-node';
import type { Json } from '../../kube/objects.ts';
import type { Service } from '../../kube/resources.ts';
import type { PortProblems } from './service-listeners.ts';

type Status = Json<V1ServiceStatus>;
type Condition = Json<V1Condition>;

const CONDITION = 'LoadBalancerPortsOpen';

/** The status of a Service that is served at `host`: its address, and whether every port could be had. */
export function loadBalancerStatus(service: Service, host: string, problems: PortProblems, now: string): Status {
  const others = (service.status?.conditions ?? []).filter(({ type }) => type !== CONDITION);
  const conditions = [...others, portsOpen(service, problems, now)];
  return { loadBalancer: { ingress: [{ ip: host, ipMode: 'VIP' }] }, conditions };
}

function portsOpen(service: Service, problems: PortProblems, now: string): Condition {
  const before = service.status?.conditions?.find(({ type }) => type === CONDITION);
  const status = problems.size === 0 ? 'True' : 'False';
  return {
    type: CONDITION,
    status,
    reason: problems.size === 0 ? 'Open' : 'PortInUse',
    message: [...problems.values()].join('; '),
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
  };
}
