import type { ClusterFacts } from '../facts.ts';
import type { Check, Finding } from '../finding.ts';
import { containers } from './containers.ts';
import { definitions } from './definitions.ts';
import { kubevirt } from './kubevirt.ts';
import { limits } from './limits.ts';
import { networkPlugin } from './network-plugin.ts';
import { nodes } from './nodes.ts';
import { operators } from './operator.ts';
import { serverPodPolicies } from './server-pod-policies.ts';
import { servers } from './servers.ts';

/** In this order they are told: what is further down needs what is above. */
const CHECKS: Check<ClusterFacts>[] = [
  definitions,
  operators,
  kubevirt,
  nodes,
  networkPlugin,
  serverPodPolicies,
  servers,
  containers,
  limits,
];

export function examine(facts: ClusterFacts): Finding[] {
  return CHECKS.flatMap((check) => check(facts));
}
