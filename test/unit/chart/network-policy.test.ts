import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, NetworkPolicy } from '../../../src/kube/resources.ts';
import { mayConnect } from '../../support/policy-evaluator/may-connect.ts';
import type { PolicyPod, PolicyWorld } from '../../support/policy-evaluator/world.ts';
import { suite } from '../../support/suite.ts';
import { HELM_4, only, render } from './helms.ts';

const PROMETHEUS: PolicyPod = { namespace: 'monitoring', labels: { app: 'prometheus' }, ip: '10.244.1.1' };
const STRANGER: PolicyPod = { namespace: 'default', labels: {}, ip: '10.244.1.2' };
const API_SERVER = '192.0.2.10';

async function world(networkPolicy: object = {}): Promise<{ world: PolicyWorld; operator: PolicyPod }> {
  const objects = await render(HELM_4, { networkPolicy: { enabled: true, ...networkPolicy } });
  const { template } = only<Deployment>(objects, 'Deployment').spec ?? {};
  const labels = template?.metadata?.labels ?? {};
  const namespaces = ['monitoring', 'default', 'anweddol-system'].map((name) => ({ name, labels: { name } }));
  return {
    world: { namespaces, policies: [only<NetworkPolicy>(objects, 'NetworkPolicy')] },
    operator: { namespace: 'anweddol-system', labels, ip: '10.244.1.3' },
  };
}

suite('with its NetworkPolicy the operator', HELM_4.skip, () => {
  test('is reached for its metrics and nothing else', async () => {
    const { world: policies, operator } = await world();
    assert.equal(mayConnect(policies, { from: PROMETHEUS, to: operator, port: 8080 }), true);
    assert.equal(mayConnect(policies, { from: STRANGER, to: operator, port: 8081 }), false);
  });

  test('is reached for them by those who are listed', async () => {
    const from = { metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }] };
    const { world: policies, operator } = await world(from);
    assert.equal(mayConnect(policies, { from: PROMETHEUS, to: operator, port: 8080 }), true);
    assert.equal(mayConnect(policies, { from: STRANGER, to: operator, port: 8080 }), false);
  });

  test('reaches the API server, at its addresses where they are listed, and no machine', async () => {
    const { world: anywhere, operator } = await world();
    assert.equal(mayConnect(anywhere, { from: operator, to: API_SERVER, port: 6443 }), true);
    assert.equal(mayConnect(anywhere, { from: operator, to: STRANGER, port: 22 }), false);
    const { world: listed } = await world({ apiServerCIDRs: ['192.0.2.0/24'], apiServerPorts: [8443] });
    assert.equal(mayConnect(listed, { from: operator, to: API_SERVER, port: 8443 }), true);
    assert.equal(mayConnect(listed, { from: operator, to: API_SERVER, port: 6443 }), false);
    assert.equal(mayConnect(listed, { from: operator, to: STRANGER, port: 8443 }), false);
  });
});
