/** The facts of a cluster in which all is well, for tests to spoil one of them. */

import { type Answer, known } from '../../../src/admin/cluster/answer.ts';
import type { KubeVirtInstall } from '../../../src/admin/cluster/resources.ts';
import { policyNames } from '../../../src/admin/doctor/checks/address.ts';
import { examine } from '../../../src/admin/doctor/checks/all.ts';
import type { ClusterFacts, OperatorFacts, ServerPodPolicies } from '../../../src/admin/doctor/facts.ts';
import type { Finding } from '../../../src/admin/doctor/finding.ts';
import { operatorSettings } from '../../../src/admin/doctor/operator-settings.ts';
import type { Condition } from '../../../src/api/common-fields.ts';
import { DEFINITIONS } from '../../../src/api/crd/definitions.ts';
import type { AnweddolServer } from '../../../src/api/resources.ts';
import type { ObjectMeta } from '../../../src/kube/objects.ts';
import type {
  CustomResourceDefinition,
  Deployment,
  Lease,
  Node,
  Pod,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../src/kube/resources.ts';
import { disruptionBudget } from '../../../src/operator/desired/disruption-budget.ts';
import { ownedMetadata } from '../../../src/operator/desired/ownership.ts';
import { service } from '../../../src/operator/desired/service.ts';
import { sampleServer } from '../../support/sample-server.ts';

/** When the facts were read, in milliseconds. */
export const NOW = Date.parse('2026-01-01T12:00:00Z');
export const before = (ms: number): string => new Date(NOW - ms).toISOString();
export const DIGEST = 'ab'.repeat(32);
export const HIDDEN = { is: 'hidden', why: 'nodes is forbidden' } satisfies Answer<never>;

export function condition(type: string, status: Condition['status'], reason: string, message = ''): Condition {
  return { type, status, reason, message, lastTransitionTime: before(3_600_000) };
}

/** The server `anweddol/lab`, which is as it should be, changed as asked. */
export function goodServer(
  change: { status?: object; spec?: object; metadata?: Partial<ObjectMeta> } = {},
): AnweddolServer {
  const server = sampleServer();
  return {
    ...server,
    metadata: { ...server.metadata, creationTimestamp: before(86_400_000), ...change.metadata },
    spec: { ...server.spec, ...change.spec },
    status: {
      observedGeneration: 1,
      phase: 'Ready',
      conditions: [
        condition('Ready', 'True', 'Ready'),
        condition('Progressing', 'False', 'Settled'),
        condition('Degraded', 'False', 'PodsReady'),
        condition('PlatformReady', 'True', 'KubeVirtPresent'),
        condition('IsoReady', 'True', 'IsoVerified'),
      ],
      address: { host: '192.0.2.7', port: 6150 },
      publicKey: { sha256: DIGEST, secretName: 'lab-key' },
      iso: { sha256: DIGEST, fingerprint: DIGEST },
      ...change.status,
    },
  };
}

export function operatorDeployment(args: string[] = [], status: object = {}): Deployment {
  const labels = { 'app.kubernetes.io/name': 'anweddol-operator' };
  const containers = [
    { name: 'operator', image: 'registry.example/anweddol-operator:0.1.0', args: ['operator', ...args] },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'anweddol-system', name: 'anweddol-operator', labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: 'anweddol-operator', containers } },
    },
    status: { readyReplicas: 1, updatedReplicas: 1, ...status },
  } as Deployment;
}

export function lease(spec: object = {}): Lease {
  const metadata = { namespace: 'anweddol-system', name: 'anweddol-operator' };
  const held = { holderIdentity: 'operator-1', leaseDurationSeconds: 15, renewTime: before(2_000) };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { ...held, ...spec } };
}

export function operatorPod(name: string, image: string): Pod {
  const spec = { containers: [{ name: 'operator', image }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec, status: { phase: 'Running' } };
}

export function operator(change: Partial<OperatorFacts> = {}): OperatorFacts {
  const deployment = change.deployment ?? operatorDeployment();
  const settings = operatorSettings(deployment);
  return {
    deployment,
    settings,
    pods: known([operatorPod('one', settings.image)]),
    lease: known(lease()),
    rights: known({ needed: 71, missing: [] }),
    ...change,
  };
}

export function node(
  name: string,
  change: { labels?: object; spec?: object; kvm?: string; ready?: string; runtime?: string } = {},
): Node {
  const { kvm = '1k', ready = 'True', runtime = 'containerd://2.3.2' } = change;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubevirt.io/schedulable': 'true', ...change.labels } },
    spec: { ...change.spec },
    status: {
      allocatable: { 'devices.kubevirt.io/kvm': kvm },
      conditions: [{ type: 'Ready', status: ready }],
      nodeInfo: { containerRuntimeVersion: runtime },
    },
  } as unknown as Node;
}

export function kubeVirt(version: string, developerConfiguration: object = {}, status: object = {}): KubeVirtInstall {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { namespace: 'kubevirt', name: 'kubevirt' },
    spec: { configuration: { developerConfiguration } },
    status: { phase: 'Deployed', observedKubeVirtVersion: version, ...status },
  };
}

export function definition(index: number): CustomResourceDefinition {
  const made = DEFINITIONS[index]?.() as unknown as CustomResourceDefinition;
  const conditions = [{ type: 'Established', status: 'True' }];
  return structuredClone({ ...made, status: { conditions } }) as CustomResourceDefinition;
}

/** Of machines and of Secrets, both bound as given. */
export function podPolicies(bound: object = {}): ServerPodPolicies {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const resources = ['virtualmachineinstances', 'secrets'];
  const policies = resources.map((name) => {
    const spec = { failurePolicy: 'Fail', matchConstraints: { resourceRules: [{ resources: [name] }] } };
    return { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec } as ValidatingAdmissionPolicy;
  });
  const bindings = resources.map((name) => {
    const spec = { policyName: name, validationActions: ['Deny'], ...bound };
    const kind = 'ValidatingAdmissionPolicyBinding';
    return { apiVersion, kind, metadata: { name }, spec } as ValidatingAdmissionPolicyBinding;
  });
  return { policies, bindings };
}

export function healthyFacts(change: Partial<ClusterFacts> = {}): ClusterFacts {
  const server = goodServer();
  const budget = disruptionBudget(server);
  if (!budget) throw new Error('the sample server has one');
  const policy = (name: string) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownedMetadata(server, name),
  });
  return {
    now: NOW,
    version: '0.1.0',
    namespace: undefined,
    definitions: new Map(
      DEFINITIONS.map((_, index) => [definition(index).metadata.name, known(definition(index))] as const),
    ),
    operators: known([operator()]),
    kubevirt: known([kubeVirt('v1.9.0')]),
    nodes: known([node('one'), node('two')]),
    daemonSets: known([{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'calico-node' } }]),
    servers: known([server]),
    machines: known([]),
    slices: known([]),
    services: known([service(server)]),
    policies: known(policyNames(server).map(policy)),
    serverPodPolicies: known(podPolicies()),
    budgets: known([
      { ...budget, status: { currentHealthy: 2, expectedPods: 2, desiredHealthy: 1, disruptionsAllowed: 1 } },
    ]),
    quotas: known([]),
    keys: new Map([['anweddol/lab', known({ sha256: DIGEST })]]),
    dialled: new Map(),
    ...change,
  };
}

/** What is found that is not well. */
export function complaints(change: Partial<ClusterFacts>): Finding[] {
  return examine(healthyFacts(change)).filter(({ result }) => result !== 'ok');
}
