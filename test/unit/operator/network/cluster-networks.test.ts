import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import pino from 'pino';
import { startApiServer } from '../../../../src/embedded/apiserver/start-api-server.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { KubeError } from '../../../../src/kube/errors.ts';
import { createKubeClient } from '../../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../../src/kube/load.ts';
import type { Resource } from '../../../../src/kube/objects.ts';
import { EndpointSlice, Node, Service } from '../../../../src/kube/resources.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import { ClusterNetworks } from '../../../../src/operator/network/cluster-networks.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';

const signal = new AbortController().signal;
let kube: KubeClient;
let close: () => Promise<void>;
let clock: FakeClock;
let log: RecordedLog;

before(async () => {
  const api = await startApiServer({ clock: systemClock, log: pino({ level: 'silent' }) });
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock: systemClock });
  kube = createKubeClient(transport);
  close = async () => {
    await transport.close();
    await api.close();
  };
  await addNode('one', '10.244.0.0/24', '172.18.0.2', {});
  await addNode('two', '10.244.1.0/24', '172.18.0.3', { 'flannel.alpha.coreos.com/backend-type': 'vxlan' });
  await addNode('three', '10.244.2.0/24', '172.18.0.4', { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.244.2.128' });
  await addApiSlice();
  await addDns();
});
after(() => close());
beforeEach(() => {
  clock = new FakeClock();
  log = new RecordedLog();
});

async function addNode(name: string, podCIDR: string, address: string, annotations: Record<string, string>) {
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations },
    spec: { podCIDR, podCIDRs: [podCIDR] },
  };
  await kube.create(Node, node);
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  await kube.mergePatch(Node, { name }, { status: { addresses } }, { subresource: 'status' });
}

async function addApiSlice() {
  const labels = { 'kubernetes.io/service-name': 'kubernetes' };
  await kube.create(EndpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['172.18.0.2'] }],
    ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
  });
}

async function addDns() {
  const labels = { 'k8s-app': 'kube-dns' };
  await kube.create(Service, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
    spec: { clusterIP: '10.96.0.10', ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
  });
}

/** Counts the lists, and refuses those of some kinds as an API server does. */
function limited(...refused: string[]) {
  const lists: string[] = [];
  const client: KubeClient = {
    ...kube,
    async list(resource: Resource, ...rest: [object, object?]) {
      lists.push(resource.plural);
      if (refused.includes(resource.plural)) throw new KubeError({ code: 403, reason: 'Forbidden', message: 'no' });
      return kube.list(resource, ...rest);
    },
  } as KubeClient;
  return { client, lists };
}

test('the networks of pods, the addresses of nodes and tunnels, the API server and DNS are found', async () => {
  const networks = new ClusterNetworks({ kube, clock, log, configured: ['10.0.0.0/8'] });
  assert.deepEqual(await networks.find(signal), {
    configured: ['10.0.0.0/8'],
    pods: ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24'],
    nodes: ['10.244.1.0/31', '10.244.2.128', '172.18.0.2', '172.18.0.3', '172.18.0.4'],
    apiServer: {
      service: [{ addresses: ['10.96.0.1'], ports: [443] }],
      endpoints: [{ addresses: ['172.18.0.2'], ports: [6443] }],
    },
    dns: ['10.96.0.10'],
  });
});

test('they are looked up anew after five minutes, and not before', async () => {
  const { client, lists } = limited();
  const networks = new ClusterNetworks({ kube: client, clock, log, configured: [] });
  await networks.find(signal);
  const asked = lists.length;
  await clock.advance(299_000);
  await networks.find(signal);
  assert.equal(lists.length, asked);
  await clock.advance(2_000);
  await networks.find(signal);
  assert.equal(lists.length, 2 * asked);
});

test('what the operator may not list is left out, and said once', async () => {
  const { client } = limited('nodes');
  const networks = new ClusterNetworks({ kube: client, clock, log, configured: [] });
  const found = await networks.find(signal);
  assert.deepEqual([found.pods, found.nodes, found.dns], [[], [], ['10.96.0.10']]);
  await clock.advance(301_000);
  await networks.find(signal);
  assert.deepEqual(
    log.entries.map(({ level, fields }) => [level, fields.what]),
    [['warn', 'nodes']],
  );
});

test('an API server that does not answer leaves nothing decided', async () => {
  const failing = new Error('no answer');
  const client = { ...kube, list: () => Promise.reject(failing) } as KubeClient;
  await assert.rejects(new ClusterNetworks({ kube: client, clock, log, configured: [] }).find(signal), failing);
});
