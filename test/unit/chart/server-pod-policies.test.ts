import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../src/kube/resources.ts';
import { suite } from '../../support/suite.ts';
import { HELM_4, only, render } from './helms.ts';

const bindingOf = async (values: object, name: string) =>
  only<ValidatingAdmissionPolicyBinding>(await render(HELM_4, values), 'ValidatingAdmissionPolicyBinding', name).spec;

suite('the policies about server pods', HELM_4.skip, () => {
  test('of the cluster are bound to all of it', async () => {
    const name = 'anweddol-server-pod-secrets';
    assert.deepEqual(await bindingOf({}, name), { policyName: name, validationActions: ['Deny'] });
  });

  test('of a release that serves some namespaces are its own, and bound to these', async () => {
    const name = 'anweddol-system-anweddol-operator-anweddol-server-pod-machines';
    const spec = await bindingOf(
      { scope: { namespaces: ['a', 'b'], readCluster: true }, crds: { install: false } },
      name,
    );
    const matchExpressions = [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['a', 'b'] }];
    const matchResources = { namespaceSelector: { matchExpressions } };
    assert.deepEqual(spec, { policyName: name, validationActions: ['Deny'], matchResources });
  });

  test('fail closed, and ask nobody but server pods', async () => {
    const objects = await render(HELM_4);
    const policies = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy') as ValidatingAdmissionPolicy[];
    assert.equal(policies.length, 2);
    for (const { spec } of policies) {
      assert.equal(spec?.failurePolicy, 'Fail');
      const [condition, ...others] = spec.matchConditions ?? [];
      assert.match(condition?.expression ?? '', /startsWith\('system:serviceaccount:'.*check\('serve'\).allowed\(\)/s);
      assert.deepEqual(others, []);
    }
  });
});
