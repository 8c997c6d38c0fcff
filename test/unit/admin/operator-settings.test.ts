import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operatorSettings, runsOperator, tagOf } from '../../../src/admin/doctor/operator-settings.ts';
import type { Deployment } from '../../../src/kube/resources.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { operatorDeployment } from './facts.ts';

function withVariables(env: { name: string; value: string }[], args: string[] = []): Deployment {
  const deployment = operatorDeployment(args);
  const [container] = deployment.spec?.template.spec?.containers ?? [];
  if (container) container.env = env;
  return deployment;
}

test('the operator of the manifests looks everywhere, and leads by a Lease beside it', async () => {
  const deployment = (await manifestsOf('deploy/operator')).find(({ kind }) => kind === 'Deployment') as Deployment;
  assert.deepEqual(operatorSettings(deployment), {
    namespaces: [],
    lease: { namespace: 'anweddol-system', name: 'anweddol-operator' },
    account: { namespace: 'anweddol-system', name: 'anweddol-operator' },
    image: 'anweddol-operator:0.1.0',
    hasFile: false,
  });
});

const TOLD: [what: string, deployment: Deployment, namespaces: string[]][] = [
  ['--namespaces=a,b', operatorDeployment(['--namespaces=a,b']), ['a', 'b']],
  ['--namespaces a --namespaces b', operatorDeployment(['--namespaces', 'a', '--namespaces', 'b']), ['a', 'b']],
  ['a variable', withVariables([{ name: 'ANWEDDOL_NAMESPACES', value: 'a, b' }]), ['a', 'b']],
  ['a flag beside a variable', withVariables([{ name: 'ANWEDDOL_NAMESPACES', value: 'a' }], ['--namespaces=b']), ['b']],
];
for (const [what, deployment, namespaces] of TOLD) {
  test(`its namespaces are told by ${what}`, () => {
    assert.deepEqual(operatorSettings(deployment).namespaces, namespaces);
  });
}

test('its Lease is where it was told, or there is none', () => {
  const elsewhere = ['--leader-elect-resource-name=mine', '--leader-elect-resource-namespace', 'locks'];
  assert.deepEqual(operatorSettings(operatorDeployment(elsewhere)).lease, { namespace: 'locks', name: 'mine' });
  for (const flag of ['--leader-elect=false', '--no-leader-elect']) {
    assert.equal(operatorSettings(operatorDeployment([flag])).lease, undefined);
  }
});

test('a configuration file is not looked at, but noticed', () => {
  assert.equal(operatorSettings(operatorDeployment(['--config=/etc/anweddol.yaml'])).hasFile, true);
});

test('an operator is known by what it runs, whatever it is called', () => {
  assert.equal(runsOperator(operatorDeployment(['--server-image=anweddol:1'])), true);
  assert.equal(runsOperator(operatorDeployment()), false);
});

const TAGS: Record<string, string | undefined> = {
  'anweddol-operator:0.1.0': '0.1.0',
  'registry.example:5000/anweddol-operator:0.1.0': '0.1.0',
  'registry.example:5000/anweddol-operator': undefined,
  [`anweddol-operator@sha256:${'ab'.repeat(32)}`]: undefined,
  [`anweddol-operator:0.1.0@sha256:${'ab'.repeat(32)}`]: '0.1.0',
};
for (const [image, tag] of Object.entries(TAGS)) {
  test(`the tag of ${image} is ${tag ?? 'not told'}`, () => {
    assert.equal(tagOf(image), tag);
  });
}
