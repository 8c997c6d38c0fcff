/** Each thing that may be wrong with a cluster is named by its check, and by no other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/admin/cluster/answer.ts';
import { examine } from '../../../src/admin/doctor/checks/all.ts';
import type { ClusterFacts } from '../../../src/admin/doctor/facts.ts';
import { operatorSettings } from '../../../src/admin/doctor/operator-settings.ts';
import {
  before,
  complaints,
  definition,
  HIDDEN,
  healthyFacts,
  kubeVirt,
  lease,
  node,
  operator,
  operatorDeployment,
  operatorPod,
  podPolicies,
} from './facts.ts';

test('of a cluster in which all is well nothing else is said', () => {
  const findings = examine(healthyFacts());
  assert.deepEqual(
    findings.filter(({ result }) => result !== 'ok'),
    [],
  );
  assert.ok(findings.length > 15);
  assert.ok(findings.every(({ found, remedy }) => found.endsWith('.') && remedy === undefined));
});

const SERVERS = 'anweddolservers.anweddol.io';
const ABSENT = { is: 'absent', why: 'the server could not find the requested resource' } as const;

function withDefinition(change: (crd: ReturnType<typeof definition>) => void): Partial<ClusterFacts> {
  const { definitions } = healthyFacts();
  const crd = definition(0);
  assert.equal(crd.metadata.name, SERVERS);
  change(crd);
  return { definitions: new Map([...definitions, [SERVERS, known(crd)]]) };
}

function version(crd: ReturnType<typeof definition>) {
  const [first] = crd.spec.versions;
  if (!first) throw new Error('it has a version');
  return first;
}

// biome-ignore lint/suspicious/noExplicitAny: a schema as it is stored
const schemaOf = (crd: ReturnType<typeof definition>): any => version(crd).schema?.openAPIV3Schema;

const withOperator = (...change: Parameters<typeof operator>): Partial<ClusterFacts> => ({
  operators: known([operator(...change)]),
});
const podRight = { attributes: { verb: 'create', group: '', resource: 'pods' } };

const inNamespaces = (...values: string[]) => {
  const matchExpressions = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }];
  return { namespaceSelector: { matchExpressions } };
};

/** What is wrong; the facts; which check says it, with which result, and a part of its words. */
const BROKEN: [what: string, facts: Partial<ClusterFacts>, check: string, result: string, found: RegExp][] = [
  [
    'no definition',
    { definitions: new Map([...healthyFacts().definitions, [SERVERS, known(undefined)]]) },
    'crd-served',
    'failed',
    /^It is not installed/,
  ],
  [
    'a definition that serves another version',
    withDefinition((crd) => {
      version(crd).name = 'v1';
    }),
    'crd-served',
    'failed',
    /served as v1, not as v1alpha1/,
  ],
  [
    'a definition whose version is not served',
    withDefinition((crd) => {
      version(crd).served = false;
    }),
    'crd-served',
    'failed',
    /served as no version/,
  ],
  [
    'a definition that is not established',
    withDefinition((crd) => {
      crd.status = { conditions: [{ type: 'Established', status: 'False', message: 'a name is taken' }] } as never;
    }),
    'crd-served',
    'failed',
    /a name is taken/,
  ],
  [
    'an older definition',
    withDefinition((crd) => {
      delete schemaOf(crd).properties.spec.properties.tls;
    }),
    'crd-schema',
    'failed',
    /older than .* lacks spec\.tls/,
  ],
  [
    'a newer definition',
    withDefinition((crd) => {
      schemaOf(crd).properties.spec.properties.colour = { type: 'string' };
    }),
    'crd-schema',
    'warning',
    /newer than .* has spec\.colour/,
  ],
  [
    'a definition with other bounds',
    withDefinition((crd) => {
      schemaOf(crd).properties.spec.properties.replicas.maximum = 5;
    }),
    'crd-schema',
    'warning',
    /other rules for spec\.replicas/,
  ],
  ['no operator', { operators: known([]) }, 'operator-deployment', 'failed', /^There is no operator/],
  [
    'an operator for other namespaces',
    { namespace: 'anweddol', ...withOperator({ deployment: operatorDeployment(['--namespaces=lab-a,lab-b']) }) },
    'operator-deployment',
    'failed',
    /No operator serves namespace anweddol/,
  ],
  [
    'an operator that is not ready',
    withOperator({ deployment: operatorDeployment([], { readyReplicas: 0 }) }),
    'operator-deployment',
    'failed',
    /0 of 1 pods/,
  ],
  [
    'a rollout that is stuck',
    withOperator({ deployment: operatorDeployment([], { updatedReplicas: 0 }) }),
    'operator-deployment',
    'warning',
    /0 of them as wanted/,
  ],
  [
    'two images of the operator',
    withOperator({ pods: known([operatorPod('a', 'x:1'), operatorPod('b', 'x:2')]) }),
    'operator-image',
    'warning',
    /x:1, x:2/,
  ],
  ['no Lease', withOperator({ lease: known(undefined) }), 'operator-lease', 'failed', /no Lease/],
  [
    'a Lease that was given back',
    withOperator({ lease: known(lease({ holderIdentity: '' })) }),
    'operator-lease',
    'failed',
    /Nobody holds/,
  ],
  [
    'a stale Lease',
    withOperator({ lease: known(lease({ renewTime: before(300_000) })) }),
    'operator-lease',
    'failed',
    /renewed it 5m ago/,
  ],
  [
    'a Lease from the future',
    withOperator({ lease: known(lease({ renewTime: before(-300_000) })) }),
    'operator-lease',
    'warning',
    /5m in the future/,
  ],
  [
    'a missing right',
    withOperator({ rights: known({ needed: 71, missing: [podRight] }) }),
    'operator-rights',
    'failed',
    /may not create pods/,
  ],
  [
    'a right that is missing for CDI alone',
    withOperator({ rights: known({ needed: 71, missing: [{ ...podRight, onlyFor: 'servers with iso.http' }] }) }),
    'operator-rights',
    'warning',
    /For servers with iso\.http it may not create pods/,
  ],
  ['no KubeVirt', { kubevirt: ABSENT, machines: ABSENT }, 'kubevirt-installed', 'failed', /not installed/],
  [
    'KubeVirt that is being deployed',
    { kubevirt: known([kubeVirt('v1.9.0', {}, { phase: 'Deploying' })]) },
    'kubevirt-installed',
    'failed',
    /phase Deploying/,
  ],
  [
    'KubeVirt that is newer than what is known',
    { kubevirt: known([kubeVirt('v1.12.0')]) },
    'kubevirt-version',
    'warning',
    /v1\.12\.0, newer/,
  ],
  [
    'KubeVirt without a way to end machines',
    { kubevirt: known([kubeVirt('v1.8.2')]) },
    'kubevirt-reboot-policy',
    'warning',
    /starts anew/,
  ],
  [
    'KubeVirt whose way to end machines is turned off',
    { kubevirt: known([kubeVirt('v1.9.0', { disabledFeatureGates: ['RebootPolicy'] })]) },
    'kubevirt-reboot-policy',
    'warning',
    /starts anew/,
  ],
  [
    'a node whose runtime is too old for image volumes',
    { nodes: known([node('one', { runtime: 'containerd://2.2.3-k3s1' }), node('two')]) },
    'kubevirt-image-volume',
    'warning',
    /may leave them empty, are one \(containerd:\/\/2\.2\.3-k3s1\)\.$/,
  ],
  [
    'no node that takes machines',
    { nodes: known([node('one', { labels: { 'kubevirt.io/schedulable': 'false' } })]) },
    'nodes-schedulable',
    'failed',
    /0 of 1/,
  ],
  [
    'cordoned nodes alone',
    { nodes: known([node('one', { spec: { unschedulable: true } })]) },
    'nodes-schedulable',
    'failed',
    /0 of 1/,
  ],
  [
    'nodes alone that are not ready',
    { nodes: known([node('one', { ready: 'Unknown' })]) },
    'nodes-schedulable',
    'failed',
    /0 of 1/,
  ],
  ['no KVM anywhere', { nodes: known([node('one', { kvm: '0' })]) }, 'nodes-kvm', 'failed', /No node has KVM.*one/],
  [
    'a node without KVM',
    { nodes: known([node('one', { kvm: '0' }), node('two')]) },
    'nodes-kvm',
    'warning',
    /without machines, are one/,
  ],
  [
    'a node without KVM where it is emulated',
    { nodes: known([node('one', { kvm: '0' })]), kubevirt: known([kubeVirt('v1.9.0', { useEmulation: true })]) },
    'nodes-kvm',
    'warning',
    /emulated there/,
  ],
  [
    'a network plugin that enforces nothing',
    { daemonSets: known([{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'kube-flannel-ds' } }]) },
    'network-plugin',
    'failed',
    /enforces no NetworkPolicies/,
  ],
  ['a network plugin that nobody knows', { daemonSets: known([]) }, 'network-plugin', 'unknown', /is not known/],
  [
    'no policies about server pods',
    { serverPodPolicies: known({ policies: [], bindings: [] }) },
    'server-pod-policies',
    'warning',
    /holds server pods' virtualmachineinstances and secrets to the form .* can read the Secrets/,
  ],
  [
    'a policy about Secrets that nothing binds',
    { serverPodPolicies: known({ ...podPolicies(), bindings: podPolicies().bindings.slice(0, 1) }) },
    'server-pod-policies',
    'warning',
    /holds server pods' secrets to the form/,
  ],
  [
    'policies that warn only',
    { serverPodPolicies: known(podPolicies({ validationActions: ['Warn'] })) },
    'server-pod-policies',
    'warning',
    /holds server pods' virtualmachineinstances and secrets/,
  ],
  [
    'policies that are bound to another namespace',
    { serverPodPolicies: known(podPolicies({ matchResources: inNamespaces('other') })) },
    'server-pod-policies',
    'warning',
    /holds server pods' virtualmachineinstances and secrets/,
  ],
  ['policies that are hidden', { serverPodPolicies: HIDDEN }, 'server-pod-policies', 'unknown', /may not look at/],
];

for (const [what, facts, check, result, found] of BROKEN) {
  test(`${what}: ${check} says ${result}`, () => {
    const [finding, ...others] = complaints(facts);
    assert.deepEqual([finding?.check, finding?.result], [check, result]);
    assert.match(finding?.found ?? '', found);
    assert.ok(finding?.remedy, 'what is to be done');
    assert.deepEqual(others, []);
  });
}

test('policies that are bound to the namespaces of servers are as good as those of the cluster', () => {
  const bound = podPolicies({ matchResources: inNamespaces('other', 'anweddol') });
  assert.deepEqual(complaints({ serverPodPolicies: known(bound) }), []);
});

test('KubeVirt that is too old says so, and what it can not do', () => {
  const found = complaints({ kubevirt: known([kubeVirt('v1.6.3')]) });
  assert.deepEqual(
    found.map(({ check, result }) => [check, result]),
    [
      ['kubevirt-version', 'warning'],
      ['kubevirt-reboot-policy', 'warning'],
    ],
  );
});

test('KubeVirt 1.8 with the feature gate RebootPolicy is as good as 1.9', () => {
  assert.deepEqual(complaints({ kubevirt: known([kubeVirt('v1.8.2', { featureGates: ['RebootPolicy'] })]) }), []);
});

const remedyFor = (version: string, gates: object) =>
  complaints({ kubevirt: known([kubeVirt(version, gates)]) })[0]?.remedy;

test('what to do so that machines end follows the release: upgrade, list the gate, or take it out', () => {
  assert.match(remedyFor('v1.8.2', {}) ?? '', /^Use KubeVirt 1\.9, or 1\.8 with the feature gate RebootPolicy/);
  assert.match(
    remedyFor('v1.9.0', { disabledFeatureGates: ['ImageVolume', 'RebootPolicy'] }) ?? '',
    /^Take RebootPolicy out of developerConfiguration\.disabledFeatureGates/,
  );
});

const OLD_NODE = known([node('one', { runtime: 'containerd://2.2.3' })]);
/** How the gate stands; whether an old node matters. */
const IMAGE_VOLUME: [version: string, gates: object, isOn: boolean][] = [
  ['v1.6.3', { featureGates: ['ImageVolume'] }, false],
  ['v1.8.2', { featureGates: ['RebootPolicy'] }, false],
  ['v1.8.2', { featureGates: ['RebootPolicy', 'ImageVolume'] }, true],
  ['v1.9.0', {}, true],
  ['v1.9.0', { disabledFeatureGates: ['ImageVolume'] }, false],
];

for (const [version, gates, isOn] of IMAGE_VOLUME) {
  test(`KubeVirt ${version} with ${JSON.stringify(gates)} ${isOn ? 'minds' : 'does not mind'} an old containerd`, () => {
    const found = complaints({ kubevirt: known([kubeVirt(version, gates)]), nodes: OLD_NODE });
    assert.equal(
      found.some(({ check }) => check === 'kubevirt-image-volume'),
      isOn,
    );
  });
}

test('an old containerd where no machine goes, or another runtime, is not complained of', () => {
  const cordoned = node('one', { runtime: 'containerd://1.7.27', spec: { unschedulable: true } });
  assert.deepEqual(complaints({ nodes: known([cordoned, node('two', { runtime: 'cri-o://1.33.0' })]) }), []);
});

test('whether nodes can mount image volumes is unknown where they are hidden', () => {
  const found = complaints({ nodes: HIDDEN }).filter(({ check }) => check === 'kubevirt-image-volume');
  assert.deepEqual(
    found.map(({ result }) => result),
    ['unknown'],
  );
});

test('machines without a KubeVirt resource are KubeVirt of some other making', () => {
  const found = complaints({ kubevirt: ABSENT });
  assert.deepEqual(
    found.map(({ check, result }) => [check, result]),
    [['kubevirt-installed', 'unknown']],
  );
});

test('a difference of schemas is a warning where the operator is of another release', () => {
  const old = withDefinition((crd) => {
    delete schemaOf(crd).properties.spec.properties.tls;
  });
  const [finding] = complaints({ ...old, version: '0.2.0' });
  assert.deepEqual([finding?.check, finding?.result], ['crd-schema', 'warning']);
  assert.match(finding?.remedy ?? '', /of another release than this anwdl/);
});

test('texts for people alone are no difference of schemas', () => {
  const reworded = withDefinition((crd) => {
    schemaOf(crd).properties.spec.properties.replicas.description = 'other words';
  });
  assert.deepEqual(complaints(reworded), []);
});

test('an operator that takes no Lease is not asked for one', () => {
  const deployment = operatorDeployment(['--no-leader-elect']);
  const { lease: _, ...facts } = operator({ deployment });
  assert.equal(operatorSettings(deployment).lease, undefined);
  assert.deepEqual(complaints({ operators: known([facts]) }), []);
});

test('what may not be looked at is unknown, and nothing is failed for it', () => {
  const hidden = {
    operators: HIDDEN,
    kubevirt: HIDDEN,
    nodes: HIDDEN,
    daemonSets: HIDDEN,
    servers: HIDDEN,
    machines: HIDDEN,
    slices: HIDDEN,
    services: HIDDEN,
    policies: HIDDEN,
    budgets: HIDDEN,
    quotas: HIDDEN,
    definitions: new Map([...healthyFacts().definitions.keys()].map((name) => [name, HIDDEN] as const)),
  };
  const findings = examine(healthyFacts(hidden));
  assert.deepEqual([...new Set(findings.map(({ result }) => result))], ['unknown']);
  assert.deepEqual(
    findings.map(({ check }) => check),
    [
      'crd-served',
      'crd-served',
      'operator-deployment',
      'kubevirt-installed',
      'nodes-schedulable',
      'network-plugin',
      'servers',
      'containers',
      'slices-orphaned',
    ],
  );
});
