import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { suite } from '../../support/suite.ts';
import { FULL_VALUES, INSTALLED } from './full-values.ts';
import { HELM_4, HELMS, named, only, render } from './helms.ts';

const DEFAULTS = [
  'ClusterRole anweddol-operator',
  'ClusterRoleBinding anweddol-operator',
  'CustomResourceDefinition anweddolaccesstokens.anweddol.io',
  'CustomResourceDefinition anweddolservers.anweddol.io',
  'Deployment anweddol-operator',
  'Role anweddol-operator-leader',
  'RoleBinding anweddol-operator-leader',
  'ServiceAccount anweddol-operator',
  'ValidatingAdmissionPolicy anweddol-server-pod-machines',
  'ValidatingAdmissionPolicy anweddol-server-pod-secrets',
  'ValidatingAdmissionPolicyBinding anweddol-server-pod-machines',
  'ValidatingAdmissionPolicyBinding anweddol-server-pod-secrets',
];
const POLICIES = DEFAULTS.slice(8);
const confined = (name: string) => name.replace(' ', ' anweddol-system-anweddol-operator-');
/** What each value adds to that, or takes from it. */
const TOGGLES: { values: object; more?: string[]; less?: string[] }[] = [
  { values: { crds: { install: false } }, less: DEFAULTS.slice(2, 4) },
  { values: { serviceAccount: { create: false, name: 'mine' } }, less: DEFAULTS.slice(7, 8) },
  { values: { leaderElection: { enabled: false } }, less: DEFAULTS.slice(5, 7) },
  { values: { replicas: 2 }, more: ['PodDisruptionBudget anweddol-operator'] },
  { values: { replicas: 2, podDisruptionBudget: { enabled: false } } },
  { values: { config: { logLevel: 'debug' } }, more: ['ConfigMap anweddol-operator'] },
  { values: { networkPolicy: { enabled: true } }, more: ['NetworkPolicy anweddol-operator'] },
  { values: { metrics: { service: { enabled: true } } }, more: ['Service anweddol-operator-metrics'] },
  {
    values: { metrics: { serviceMonitor: { enabled: true } } },
    more: ['Service anweddol-operator-metrics', 'ServiceMonitor anweddol-operator'],
  },
  { values: { metrics: { podMonitor: { enabled: true } } }, more: ['PodMonitor anweddol-operator'] },
  { values: { serverMetrics: { podMonitor: { enabled: true } } }, more: ['PodMonitor anweddol-operator-servers'] },
  { values: { helmTest: { address: 'lab.example:6150' } }, more: ['Pod anweddol-operator-stat'] },
  {
    values: { scope: { namespaces: ['lab'] } },
    more: ['Role anweddol-operator', 'RoleBinding anweddol-operator', ...POLICIES.map(confined)],
    less: [...DEFAULTS.slice(0, 2), ...POLICIES],
  },
  {
    values: { scope: { namespaces: ['lab'] }, crds: { install: false } },
    more: ['Role anweddol-operator', 'RoleBinding anweddol-operator'],
    less: [...DEFAULTS.slice(0, 4), ...POLICIES],
  },
  { values: { serverPodPolicies: { enabled: false } }, less: POLICIES },
];

suite('what the chart renders', HELM_4.skip, () => {
  test('the defaults are the operator and its rights', async () => {
    assert.deepEqual(named(await render(HELM_4)), DEFAULTS);
  });

  for (const { values, more = [], less = [] } of TOGGLES) {
    const difference = [...more.map((name) => `+ ${name}`), ...less.map((name) => `- ${name}`)].join(', ');
    test(`${JSON.stringify(values)}: ${difference || 'the same objects'}`, async () => {
      const expected = [...DEFAULTS.filter((name) => !less.includes(name)), ...more].toSorted();
      assert.deepEqual(named(await render(HELM_4, values)), expected);
    });
  }

  test('every object and pod has the common labels and those that say whose it is', async () => {
    const objects = await render(HELM_4, FULL_VALUES, { apis: INSTALLED });
    assert.ok(objects.length > 12);
    for (const object of objects) {
      for (const labels of [object.metadata.labels ?? {}, ...podLabels(object)]) {
        const { team, 'app.kubernetes.io/instance': instance, 'helm.sh/chart': chart } = labels;
        assert.deepEqual(
          { team, instance, chart },
          { team: 'labs', instance: 'anweddol-operator', chart: 'anweddol-operator-0.1.0' },
          `${object.kind} ${object.metadata.name}`,
        );
      }
    }
  });

  test('a common label replaces none by which objects are found', async () => {
    const commonLabels = { 'app.kubernetes.io/name': 'other', 'app.kubernetes.io/managed-by': 'other' };
    const { metadata } = only(await render(HELM_4, { commonLabels }), 'Deployment');
    assert.equal(metadata.labels?.['app.kubernetes.io/name'], 'anweddol-operator');
    assert.equal(metadata.labels?.['app.kubernetes.io/managed-by'], 'Helm');
  });

  test('two releases in one namespace share no name but that of their rights', async () => {
    const of = async (release: string) =>
      named(await render(HELM_4, { crds: { install: false } }, { release })).filter(
        (name) => !/^(Cluster|ValidatingAdmission)/.test(name),
      );
    const both = [...(await of('one')), ...(await of('two'))];
    assert.equal(new Set(both).size, both.length, both.join(', '));
  });
});

suite('helm 3 and helm 4', HELMS.map(({ skip }) => skip).find(Boolean), () => {
  for (const [what, values, apis] of [
    ['the defaults', {}, []],
    ['everything', FULL_VALUES, INSTALLED],
    ['everything, before the definitions are there', FULL_VALUES, []],
    ['some namespaces', { scope: { namespaces: ['a', 'b'], readCluster: true } }, []],
  ] as const) {
    test(`render the same: ${what}`, async () => {
      const [three, four] = await Promise.all(HELMS.map((helm) => render(helm, values, { apis: [...apis] })));
      assert.deepEqual(byName(three ?? []), byName(four ?? []));
    });
  }
});

function podLabels(object: KubeObject): Record<string, string>[] {
  const { spec } = object as { spec?: { template?: { metadata?: { labels?: Record<string, string> } } } };
  return spec?.template ? [spec.template.metadata?.labels ?? {}] : [];
}

function byName(objects: KubeObject[]): KubeObject[] {
  const key = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace} ${metadata.name}`;
  return objects.toSorted((one, other) => key(one).localeCompare(key(other)));
}
