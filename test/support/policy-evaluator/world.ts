/** What a network plugin looks at when it decides on a connection. */
import type { NetworkPolicy } from '../../../src/kube/resources.ts';

interface PolicyNamespace {
  name: string;
  labels?: Record<string, string>;
}

export interface PolicyPod {
  namespace: string;
  labels: Record<string, string>;
  ip: string;
  /** What policies may call a port by. */
  ports?: { name: string; port: number; protocol?: string }[];
}

/** A pod, or an address that no pod has. */
export type End = PolicyPod | string;

export interface PolicyWorld {
  namespaces: PolicyNamespace[];
  policies: NetworkPolicy[];
}

export type Spec = NonNullable<NetworkPolicy['spec']>;
export type Rule = NonNullable<Spec['ingress']>[number] | NonNullable<Spec['egress']>[number];
export type Peer = NonNullable<NonNullable<Spec['egress']>[number]['to']>[number];
export type PolicyPort = NonNullable<Rule['ports']>[number];
