/** What the doctor looks at: read once, judged by the checks. It holds no secret. */
import type { AnweddolServer } from '../../api/resources.ts';
import type {
  CustomResourceDefinition,
  Deployment,
  EndpointSlice,
  Lease,
  NetworkPolicy,
  Node,
  Pod,
  PodDisruptionBudget,
  Service,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  VirtualMachineInstance,
} from '../../kube/resources.ts';
import type { KnownKey } from '../../operator/keys/read-key.ts';
import type { Answer } from '../cluster/answer.ts';
import type { DaemonSet, KubeVirtInstall, ResourceQuota } from '../cluster/resources.ts';
import type { NeededRight } from '../rights/needed-rights.ts';
import type { OperatorSettings } from './operator-settings.ts';

/** One installed operator. */
export interface OperatorFacts {
  deployment: Deployment;
  settings: OperatorSettings;
  pods: Answer<Pod[]>;
  /** Undefined within: there is no Lease. Absent: it takes none. */
  lease?: Answer<Lease | undefined>;
  rights: Answer<{ needed: number; missing: NeededRight[] }>;
}

/** Those about server pods, whether they are bound or not. */
export interface ServerPodPolicies {
  policies: ValidatingAdmissionPolicy[];
  bindings: ValidatingAdmissionPolicyBinding[];
}

export type Dialled = { connected: true } | { connected: false; why: string };

export interface ClusterFacts {
  /** Milliseconds, by the clock of this machine. */
  now: number;
  /** Of this program. */
  version: string;
  /** That was asked for; undefined: all. */
  namespace: string | undefined;
  /** Of ours, by name. */
  definitions: Map<string, Answer<CustomResourceDefinition | undefined>>;
  operators: Answer<OperatorFacts[]>;
  kubevirt: Answer<KubeVirtInstall[]>;
  nodes: Answer<Node[]>;
  daemonSets: Answer<DaemonSet[]>;
  servers: Answer<AnweddolServer[]>;
  /** The containers. */
  machines: Answer<VirtualMachineInstance[]>;
  /** Those of containers. */
  slices: Answer<EndpointSlice[]>;
  services: Answer<Service[]>;
  policies: Answer<NetworkPolicy[]>;
  serverPodPolicies: Answer<ServerPodPolicies>;
  budgets: Answer<PodDisruptionBudget[]>;
  quotas: Answer<ResourceQuota[]>;
  /** What the key Secrets of servers hold, by server. */
  keys: Map<string, Answer<KnownKey>>;
  /** By server; only where that was asked for. */
  dialled: Map<string, Dialled>;
}
