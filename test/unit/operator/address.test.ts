import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnweddolServer } from '../../../src/api/resources.ts';
import type { Service } from '../../../src/kube/resources.ts';
import { addressFinding } from '../../../src/operator/desired/address.ts';
import { service } from '../../../src/operator/desired/service.ts';
import { sampleServer } from '../../support/sample-server.ts';

type Ingress = { ip?: string; hostname?: string }[];

/** The Service of a server as a cluster has it. */
function stored(server: AnweddolServer, ingress: Ingress = [], clusterIP = '10.96.0.9'): Service {
  const wanted = service(server);
  const isNodes = server.spec.service.type !== 'ClusterIP';
  const ports = (wanted.spec?.ports ?? []).map((port, index) => ({
    ...port,
    ...(isNodes && { nodePort: port.nodePort ?? 32_000 + index }),
  }));
  return { ...wanted, spec: { ...wanted.spec, clusterIP, ports }, status: { loadBalancer: { ingress } } } as Service;
}

const find = (spec: Parameters<typeof sampleServer>[0], ingress?: Ingress, now = 0) => {
  const server = sampleServer(spec);
  return addressFinding(server, stored(server, ingress), now);
};

test('a load balancer is reached at its first IPv4 address, else at its first address, else by name', () => {
  const v6 = { ip: '2001:db8::1' };
  const name = { hostname: 'lb.example' };
  assert.equal(find({}, [name, v6, { ip: '192.0.2.1' }, { ip: '192.0.2.2' }]).host, '192.0.2.1');
  assert.equal(find({}, [name, v6]).host, '2001:db8::1');
  assert.equal(find({}, [{}, name]).host, 'lb.example');
});

test('the ports of an address are those of the Service, that of the web server where there is one', () => {
  const { status, reason, port, webPort } = find({ listenPort: 7000, web: { enabled: true } }, [{ ip: '192.0.2.1' }]);
  assert.deepEqual([status, reason, port, webPort], ['True', 'Assigned', 7000, 8080]);
  assert.equal(find({}, [{ ip: '192.0.2.1' }]).webPort, undefined);
});

test('a load balancer that gives no address for 5 minutes is said to be silent, and what to look at', () => {
  const server = sampleServer();
  const waiting = addressFinding(server, stored(server), 1000);
  assert.deepEqual([waiting.status, waiting.reason, waiting.againMs], ['False', 'Waiting', 300_000]);
  const { status, reason, message } = waiting;
  const lastTransitionTime = new Date(1000).toISOString();
  const told = {
    ...server,
    status: { conditions: [{ type: 'AddressAssigned', status, reason, message, lastTransitionTime }] },
  };
  assert.equal(addressFinding(told, stored(server), 300_999).againMs, 1);
  const silent = addressFinding(told, stored(server), 301_000);
  assert.deepEqual([silent.status, silent.reason, silent.againMs], ['False', 'LoadBalancerSilent', undefined]);
  assert.match(silent.message, /kubectl describe service.*service\.type NodePort/);
});

test('node ports are the ports that clients are told, where these can be ports of nodes', () => {
  const spec = {
    listenPort: 30_150,
    service: { type: 'NodePort', firstSshPort: 30_200 },
    containers: { maxRunning: 2 },
  } as const;
  assert.deepEqual(
    service(sampleServer(spec)).spec?.ports?.map(({ port, nodePort }) => [port, nodePort]),
    [
      [30_150, 30_150],
      [30_200, 30_200],
      [30_201, 30_201],
    ],
  );
  const { status, reason, host, port } = find(spec);
  assert.deepEqual([status, reason, host, port], ['True', 'NodePortsAssigned', undefined, 30_150]);
});

test('node ports that are others are told, with what clients outside need', () => {
  const found = find({ service: { type: 'NodePort' } });
  assert.deepEqual(
    [found.status, found.reason, found.host, found.port],
    ['True', 'NodePortsDiffer', undefined, 32_000],
  );
  assert.match(found.message, /SSH ports 10000 to 10005.*port mapping/);
});

test('no port of a node is asked for outside the range of node ports, or for another type', () => {
  const ports = (spec: Parameters<typeof sampleServer>[0]) =>
    service(sampleServer(spec)).spec?.ports?.map(({ nodePort }) => nodePort);
  const edges = { type: 'NodePort', firstSshPort: 32_766 } as const;
  assert.deepEqual(ports({ listenPort: 29_999, service: edges, containers: { maxRunning: 3 } }), [
    undefined,
    32_766,
    32_767,
    undefined,
  ]);
  assert.deepEqual(ports({ listenPort: 30_150, containers: { maxRunning: 1 } }), [undefined, undefined]);
});

test('a cluster address is told with the name that it has there', () => {
  const found = find({ service: { type: 'ClusterIP' } });
  assert.deepEqual([found.status, found.reason, found.host, found.port], ['True', 'ClusterOnly', '10.96.0.9', 6150]);
  assert.match(found.message, /lab\.anweddol\.svc/);
});

test('there is no address before the Service has the type that is asked for', () => {
  const server = sampleServer({ service: { type: 'ClusterIP' } });
  assert.equal(addressFinding(server, stored(sampleServer(), [{ ip: '192.0.2.1' }]), 0).reason, 'Waiting');
  assert.equal(addressFinding(server, undefined, 0).reason, 'Waiting');
});
