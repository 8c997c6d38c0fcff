import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Deployment, NetworkPolicy } from '../../../src/kube/resources.ts';
import { mayConnect } from '../../support/policy-evaluator/may-connect.ts';
import type { PolicyPod, PolicyWorld } from '../../support/policy-evaluator/world.ts';
import { suite } from '../../support/suite.ts';
import { documents } from '../docs/documents.ts';
import { HELM_4, only, render } from './helms.ts';

const PROMETHEUS: PolicyPod = { namespace: 'monitoring', labels: { app: 'prometheus' }, ip: '10.244.1.1' };
const STRANGER: PolicyPod = { namespace: 'default', labels: {}, ip: '10.244.1.2' };
const API_SERVER = '192.0.2.10';
const NAMESPACES = ['monitoring', 'default', 'anweddol-system', 'tracing', 'kube-system'];

async function world(networkPolicy: object = {}): Promise<{ world: PolicyWorld; operator: PolicyPod }> {
  const objects = await render(HELM_4, { networkPolicy: { enabled: true, ...networkPolicy } });
  const { template } = only<Deployment>(objects, 'Deployment').spec ?? {};
  const labels = template?.metadata?.labels ?? {};
  const namespaces = NAMESPACES.map((name) => ({ name, labels: { name, 'kubernetes.io/metadata.name': name } }));
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

  test('reaches a collector of traces by the values of the guide, and nothing else besides', async () => {
    const [page] = await documents('deploy/guide/tracing.md');
    const [, values = ''] = /```yaml\n([\s\S]*?)```/.exec(page?.text ?? '') ?? [];
    const { extraArgs, networkPolicy } = parse(values);
    const { port, hostname } = new URL(String(extraArgs[0]).slice('--traces-endpoint='.length));
    const collector: PolicyPod = { namespace: hostname.split('.')[1] ?? '', labels: {}, ip: '10.244.1.4' };
    const dns: PolicyPod = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ip: '10.244.1.5' };
    const { world: closed } = await world();
    const { world: opened, operator } = await world(networkPolicy);
    const toCollector = { from: operator, to: collector, port: Number(port) };
    assert.deepEqual([mayConnect(closed, toCollector), mayConnect(opened, toCollector)], [false, true]);
    assert.equal(mayConnect(opened, { from: operator, to: dns, port: 53, protocol: 'UDP' }), true);
    assert.equal(mayConnect(opened, { from: operator, to: API_SERVER, port: 6443 }), true);
    assert.equal(mayConnect(opened, { ...toCollector, to: STRANGER }), false);
    assert.equal(mayConnect(opened, { from: operator, to: STRANGER, port: 53, protocol: 'UDP' }), false);
    assert.equal(mayConnect(opened, { ...toCollector, port: 22 }), false);
  });
});
