import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkPolicies } from '../../../../src/operator/network/network-policies.ts';
import { sampleMachine } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { KNOWN, NOTHING_KNOWN } from './networks.ts';
import { type Isolation, scene } from './scene.ts';

const may = (isolation: Isolation = {}, known = KNOWN) => scene({ isolation, known });

test('clients reach a container from outside, and through any node', () => {
  const { reach, container } = may();
  const from = ['203.0.113.7', '2001:db8::7', '172.18.0.3', '10.244.1.1', '198.51.100.2'];
  assert.deepEqual(
    from.map((address) => reach(address, container, 22)),
    [true, true, true, true, true],
  );
});

test('the SSH port of a container that runs stays open when another one is asked for', () => {
  const server = sampleServer({ containers: { endpoint: { port: 2222 } } });
  const [ofPods, ofContainers] = networkPolicies(server, KNOWN, [sampleMachine(), sampleMachine()]);
  const ports = [2222, 22].map((port) => ({ protocol: 'TCP', port }));
  assert.deepEqual(ofContainers?.spec?.ingress?.[0]?.ports, ports);
  assert.deepEqual(ofPods?.spec?.egress?.[0]?.ports, ports);
});

test('where nobody has named the networks of the cluster, no private address but that of a node reaches a container', () => {
  const { reach, container } = may();
  const from = ['10.244.0.9', '10.9.9.9', '192.168.1.1', '100.64.0.1', 'fd00::1', '10.96.0.1'];
  assert.deepEqual(
    from.filter((address) => reach(address, container, 22)),
    [],
  );
  const unknown = may({}, NOTHING_KNOWN);
  assert.deepEqual(
    from.filter((address) => unknown.reach(address, unknown.container, 22)),
    [],
  );
  assert.ok(unknown.reach('203.0.113.7', unknown.container, 22));
});

test('where they are named, private addresses outside of them reach it, and nodes inside of them', () => {
  const named = ['10.244.0.0/16', '172.18.0.0/16'];
  for (const { reach, container } of [
    may({ clusterCIDRs: named }),
    may({}, { ...KNOWN, configured: named }),
    may({ clusterCIDRs: named }, { ...KNOWN, configured: ['0.0.0.0/0'] }),
  ]) {
    const from = ['192.168.1.1', '172.18.0.2', '172.18.0.9', '10.244.9.9'];
    assert.deepEqual(
      from.map((address) => reach(address, container, 22)),
      [true, true, false, false],
    );
  }
});

test('a cluster that is everything leaves only server pods and nodes', () => {
  const { reach, container, serverPod } = may({ clusterCIDRs: ['0.0.0.0/0', '::/0'] });
  const from = [serverPod, '172.18.0.2', '203.0.113.7', '2001:db8::7'];
  assert.deepEqual(
    from.map((end) => reach(end, container, 22)),
    [true, true, false, false],
  );
  assert.equal(reach(container, '203.0.113.7', 443), false);
});

test('a container reaches the public internet, and nothing of it where that is closed', () => {
  const targets = ['203.0.113.7', '2606:4700::1111'];
  const { reach, container } = may();
  assert.deepEqual(
    targets.map((address) => reach(container, address, 443)),
    [true, true],
  );
  const closed = may({ internet: false });
  assert.deepEqual(
    targets.map((address) => closed.reach(closed.container, address, 443)),
    [false, false],
  );
});

test('no way leads a container to what tells a machine of a cloud its secrets', () => {
  const { reach, container } = may({ allowedEgress: [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }] });
  const secrets = ['169.254.169.254', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254', 'fe80::1', '127.0.0.1', '::1'];
  assert.deepEqual(
    secrets.filter((address) => reach(container, address, 80)),
    [],
  );
  assert.ok(reach(container, '10.9.9.9', 80) && reach(container, 'fd00::1', 80));
});

test('a private network is opened by name, on its ports, without what of it is the cluster’s', () => {
  const ports = [{ protocol: 'TCP' as const, port: 5432 }];
  const { reach, container } = may({ allowedEgress: [{ cidr: '10.0.0.0/8', ports }] });
  const of = (address: string, port: number, protocol?: string) => reach(container, address, port, protocol);
  assert.deepEqual(
    [
      of('10.9.9.9', 5432),
      of('10.9.9.9', 80),
      of('10.9.9.9', 5432, 'UDP'),
      of('10.244.0.9', 5432),
      of('10.96.0.1', 5432),
    ],
    [true, false, false, false, false],
  );
  const inside = may({ allowedEgress: [{ cidr: '10.244.0.0/25' }] });
  assert.equal(inside.reach(inside.container, '10.244.0.9', 5432), false);
});

test('names are resolved as the isolation says', () => {
  const ask = (isolation: Isolation, port = 53) => {
    const { reach, container, dnsPod } = may({ internet: false, ...isolation });
    const resolvers = [dnsPod, '169.254.20.10', '10.96.0.10', '192.0.2.53', '9.9.9.9'];
    return resolvers.map((end) => ['UDP', 'TCP'].filter((protocol) => reach(container, end, port, protocol)).length);
  };
  assert.deepEqual(ask({}), [2, 2, 2, 0, 0]);
  assert.deepEqual(ask({}, 80), [0, 0, 0, 0, 0]);
  assert.deepEqual(ask({ dns: { mode: 'Servers', servers: ['192.0.2.53'] } }), [0, 0, 0, 2, 0]);
  assert.deepEqual(ask({ dns: { mode: 'None' } }), [0, 0, 0, 0, 0]);
});

test('a server pod reaches the API server by every address of it, and only by its ports', () => {
  const { reach, serverPod } = may();
  const of = (address: string, port: number) => reach(serverPod, address, port);
  assert.deepEqual([of('10.96.0.1', 443), of('172.18.0.2', 6443)], [true, true]);
  assert.deepEqual([of('10.96.0.1', 6443), of('172.18.0.2', 443), of('172.18.0.3', 6443)], [false, false, false]);
});

test('where nothing is known of the API server, a server pod reaches its usual ports', () => {
  const { reach, serverPod } = may({}, NOTHING_KNOWN);
  assert.deepEqual(
    [443, 6443, 80].map((port) => reach(serverPod, '10.96.0.1', port)),
    [true, true, false],
  );
});

test('clients reach a server pod on its own ports, the cluster’s pods on its health and metrics', () => {
  const { reach, serverPod, dnsPod } = scene({ spec: { web: { enabled: true, port: 8443 } } });
  const from = (end: Parameters<typeof reach>[0]) =>
    [6150, 8443, 8081, 9090, 22].filter((p) => reach(end, serverPod, p));
  assert.deepEqual(
    [from('203.0.113.7'), from(dnsPod)],
    [
      [6150, 8443],
      [6150, 8443, 8081, 9090],
    ],
  );
  const without = scene({});
  assert.equal(without.reach('203.0.113.7', without.serverPod, 8080), false);
});

test('policies belong to their server and are the same for the same facts', () => {
  const server = sampleServer();
  const policies = networkPolicies(server, KNOWN);
  assert.deepEqual(
    policies.map(({ metadata }) => [metadata.name, metadata.ownerReferences?.[0]?.uid]),
    ['lab-server', 'lab-containers'].map((name) => [name, server.metadata.uid]),
  );
  assert.deepEqual(networkPolicies(sampleServer(), KNOWN), policies);
});
