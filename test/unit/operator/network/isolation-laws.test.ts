import assert from 'node:assert/strict';
import { BlockList, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PolicyPod } from '../../../support/policy-evaluator/world.ts';
import { anyCidr4, KNOWN, NOTHING_KNOWN } from './networks.ts';
import { type Isolation, scene } from './scene.ts';

const PODS = ['10.244.0.0/16', 'fd00:244::/48'];
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15', 'fc00::/7'];
const METADATA = ['169.254.169.254', '168.63.129.16', 'fd00:ec2::254', '127.0.0.1', '::1', 'fe80::1'];

const byte = fc.nat(255);
const anyAddress = fc.oneof(
  fc.tuple(byte, byte, byte, byte).map((parts) => parts.join('.')),
  fc
    .tuple(fc.constantFrom('10', '172.18', '192.168', '100.64', '169.254', '203.0'), byte, byte, byte)
    .map(([first, ...rest]) => [first, ...rest].join('.').split('.').slice(0, 4).join('.')),
  fc
    .tuple(fc.constantFrom('2001:db8', '2606:4700', 'fd00:244', 'fd00', 'fe80', '64:ff9b'), fc.nat(0xffff), fc.nat(9))
    .map(([first, middle, last]) => `${first}:${middle.toString(16)}::${last}`),
);
const anyCidr = fc.oneof(
  anyCidr4,
  fc.constantFrom(
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/1',
    '10.0.0.0/8',
    '192.168.7.9/16',
    '172.16.0.0/12',
    'fd00::/8',
    '2000::/3',
  ),
  fc.constantFrom('::ffff:10.0.0.0/104', '203.0.113.0/24', '2001:db8::/32', '10.244.0.0/24'),
);
const anyPorts = fc.option(fc.array(fc.record({ port: fc.integer({ min: 1, max: 65_535 }) }), { maxLength: 3 }), {
  nil: undefined,
});
const anyIsolation = fc
  .record({
    internet: fc.boolean(),
    allowedEgress: fc.array(fc.record({ cidr: anyCidr, ports: anyPorts }), { maxLength: 4 }),
    dns: fc.constantFrom<NonNullable<Isolation>['dns']>(
      { mode: 'Cluster' },
      { mode: 'None' },
      { mode: 'Servers', servers: ['9.9.9.9'] },
    ),
    named: fc.option(fc.array(anyCidr, { maxLength: 4 }), { nil: undefined }),
  })
  .map(({ named, ...isolation }) => ({ ...isolation, ...(named && { clusterCIDRs: [...PODS, ...named] }) }));
const anyWorld = fc
  .record({
    isolation: anyIsolation,
    sshPort: fc.constantFrom(22, 2222),
    spec: fc.record({ listenPort: fc.constantFrom(6150, 7000) }),
    known: fc.constantFrom(KNOWN, NOTHING_KNOWN, { ...KNOWN, configured: PODS }),
  })
  .map(({ isolation, sshPort, spec, known }) => {
    const all = scene({ isolation, known, spec: { ...spec, containers: { endpoint: { port: sshPort } } } });
    const found = isolation.clusterCIDRs ?? (known.configured.length > 0 ? known.configured : known.pods);
    const api = [...known.apiServer.service, ...known.apiServer.endpoints].flatMap(({ addresses }) => addresses);
    return { ...all, isolation, sshPort, known, api, cluster: [...found, ...known.nodes, ...api] };
  });
type World = typeof anyWorld extends fc.Arbitrary<infer T> ? T : never;

const anyPort = fc.oneof(
  fc.constantFrom(22, 53, 80, 443, 2222, 6150, 6443, 8081, 9090, 10_250),
  fc.integer({ min: 1, max: 65_535 }),
);
const anyProtocol = fc.constantFrom('TCP', 'UDP');

function isIn(cidrs: readonly string[], address: string): boolean {
  const family = (text: string) => (isIPv6(text) ? 'ipv6' : 'ipv4');
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [base = '', bits = isIPv6(cidr) ? '128' : '32'] = cidr
      .replace('::ffff:10.0.0.0/104', '10.0.0.0/8')
      .split('/');
    // It would find an IPv4 address in a network of IPv6.
    if (family(base) === family(address)) list.addSubnet(base, Number(bits), family(base));
  }
  return list.check(address, family(address));
}

const others = (world: World): PolicyPod[] => {
  const { sibling, otherContainer, serverPod, otherServerPod, stranger, neighbour } = world;
  return [sibling, otherContainer, serverPod, otherServerPod, stranger, neighbour];
};

function law(name: string, holds: (world: World, port: number, protocol: string, address: string) => void): void {
  test(name, () => {
    fc.assert(fc.property(anyWorld, anyPort, anyProtocol, anyAddress, holds), { numRuns: 200 });
  });
}

law('a container reaches no pod: no sibling, no server pod, no other server’s, nobody’s', (world, port, protocol) => {
  // Without pod networks that anybody knows, a pod is as private as its address.
  if (world.cluster.length === 0 && world.isolation.allowedEgress.length > 0) return;
  for (const pod of others(world)) assert.equal(world.reach(world.container, pod, port, protocol), false, pod.ip);
});

law('a container reaches nothing of the cluster, but asks its DNS', (world, port, protocol, address) => {
  const { cluster, known, isolation, container, reach } = world;
  const asksDns = port === 53 && isolation.dns?.mode !== 'None';
  const targets = [address, '10.244.7.7', ...world.api, '172.18.0.3'].filter((target) => isIn(cluster, target));
  for (const target of targets) {
    if (asksDns && [...known.dns, '9.9.9.9'].includes(target)) continue;
    assert.equal(reach(container, target, port, protocol), false, target);
  }
});

law('a container reaches no metadata of a cloud, whatever is allowed', ({ reach, container }, port, protocol) => {
  for (const target of METADATA) assert.equal(reach(container, target, port, protocol), false, target);
});

law('a container reaches a private network only where that is allowed by name', (world, port, protocol, address) => {
  const { reach, container, isolation } = world;
  if (!isIn(PRIVATE, address) || port === 53 || !reach(container, address, port, protocol)) return;
  const open = isolation.allowedEgress.filter(({ cidr }) => isIn([cidr], address));
  assert.ok(open.some(({ ports }) => !ports?.length || (protocol === 'TCP' && ports.some((one) => one.port === port))));
});

law('server pods reach their containers, and other pods none of them', (world, port, protocol) => {
  const { reach, container, serverPod, sshPort } = world;
  assert.ok(reach(serverPod, container, sshPort));
  for (const pod of others(world)) {
    if (pod === serverPod && port === sshPort && protocol === 'TCP') continue;
    assert.equal(reach(pod, container, port, protocol), false, pod.labels['app.kubernetes.io/component']);
  }
});

law('a container is reached from outside by SSH and by nothing else', (world, port, protocol, address) => {
  const { reach, container, cluster, sshPort } = world;
  const isOutside = !isIn(
    [...cluster, ...PRIVATE, '0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'],
    address,
  );
  const isPublic =
    isOutside &&
    !isIn(['fe80::/10', '64:ff9b::/48', '168.63.129.16/32', '192.0.0.0/24', '2001::/32', '2002::/16'], address);
  if (isPublic) assert.ok(reach(address, container, sshPort), address);
  for (const node of world.known.nodes) if (!node.includes('/')) assert.ok(reach(node, container, sshPort), node);
  if (port !== sshPort || protocol !== 'TCP') assert.equal(reach(address, container, port, protocol), false);
});

law(
  'a server pod reaches the SSH port of its containers and the API server, and nothing else',
  (world, port, protocol, address) => {
    const { reach, serverPod, container, api, known, sshPort } = world;
    assert.equal(reach(serverPod, container, port, protocol), false || (port === sshPort && protocol === 'TCP'));
    const isApiPort = protocol === 'TCP' && [443, 6443].includes(port);
    if (known === NOTHING_KNOWN) assert.equal(reach(serverPod, address, port, protocol), isApiPort);
    else if (!api.includes(address)) assert.equal(reach(serverPod, address, port, protocol), false);
    for (const pod of others(world)) {
      const mayBeApi = known === NOTHING_KNOWN && isApiPort;
      if (!mayBeApi) assert.ok(pod === world.sibling || !reach(serverPod, pod, port, protocol));
    }
  },
);
