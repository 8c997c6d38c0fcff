import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { invalid, type Problem, required } from './problem.ts';

type Spec = VirtualMachineInstance['spec'];

const PROBES = ['readinessProbe', 'livenessProbe'] as const;

export function probeProblems(spec: Spec): Problem[] {
  const onPodNetwork = spec.networks?.some(({ pod }) => pod);
  return [
    ...PROBES.flatMap((name) => handlers(spec, name)),
    ...(onPodNetwork ? [] : PROBES.flatMap((name) => unreachable(spec, name))),
  ];
}

function handlers(spec: Spec, name: (typeof PROBES)[number]): Problem[] {
  const probe = spec[name];
  if (!probe) return [];
  const field = `spec.${name}`;
  const count = [probe.tcpSocket, probe.httpGet, probe.exec, probe.guestAgentPing].filter(Boolean).length;
  if (count > 1) return [invalid(field, `${field} must have exactly one probe type set`)];
  const ways = `either ${field}.tcpSocket, ${field}.exec or ${field}.httpGet`;
  return count === 1 ? [] : [required(field, `${ways} must be set if a ${field} is specified`)];
}

function unreachable(spec: Spec, name: (typeof PROBES)[number]): Problem[] {
  return (['httpGet', 'tcpSocket'] as const).flatMap((way) => {
    const field = `spec.${name}.${way}`;
    return spec[name]?.[way] ? [invalid(field, `${field} is only allowed if the Pod Network is attached`)] : [];
  });
}
