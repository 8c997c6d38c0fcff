/** Borderline resources that the API server takes: the least, the most, and what only seems wrong. */
import type { Change, TakenRow } from './row.ts';

const SERVER: [name: string, change: Change, before?: Change][] = [
  [
    'the least of everything',
    {
      replicas: 0,
      listenPort: 1,
      clientTimeoutSeconds: 1,
      'containers.maxRunning': 1,
      'containers.warmStartsAtOnce': 1,
      'containers.memory': '32Mi',
      'containers.startTimeoutSeconds': 10,
      'containers.maxLifetimeSeconds': 10,
      'service.firstSshPort': 1024,
      'pod.maxConnections': 1,
    },
  ],
  [
    'the most of everything',
    {
      replicas: 100,
      listenPort: 65_535,
      clientTimeoutSeconds: 300,
      'containers.maxRunning': 1000,
      'containers.warm': 1000,
      'containers.warmStartsAtOnce': 100,
      'containers.memory': '4Ti',
      'containers.vcpus': 64,
      'containers.startTimeoutSeconds': 3600,
      'containers.maxLifetimeSeconds': 2_592_000,
      // Of another type it would have a third of all the node ports that the tests share.
      'service.type': 'ClusterIP',
      'pod.maxConnections': 1_000_000,
    },
  ],
  ['the last SSH port', { 'service.firstSshPort': 65_530 }],
  ['the port before the SSH ports', { listenPort: 9999 }],
  ['the port after the SSH ports', { listenPort: 10_006 }],
  ['a web port that nothing listens at', { 'web.port': 6150 }],
  ['memory of 33554432', { 'containers.memory': '33554432' }],
  ['memory of 1.5Gi', { 'containers.memory': '1.5Gi' }],
  ['as many warm ones as slots', { 'containers.warm': 6 }],
  ['a life of one start', { 'containers.startTimeoutSeconds': 60, 'containers.maxLifetimeSeconds': 60 }],
  ['no network that is the whole', { 'containers.isolation.clusterCIDRs': ['0.0.0.0/0', '::/0'] }],
  ['no resolver', { 'containers.isolation.dns.mode': 'None' }],
  [
    'resolvers of both families',
    { 'containers.isolation.dns': { mode: 'Servers', servers: ['192.0.2.53', '2001:db8::53'] } },
  ],
  ['a way out to every port', { 'containers.isolation.allowedEgress': [{ cidr: '2001:db8::/32' }] }],
  [
    'a taint that is put up with for no time',
    { 'containers.tolerations': [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }] },
  ],
  ['every taint', { 'pod.tolerations': [{ operator: 'Exists' }] }],
  ['a label without a value', { 'pod.labels': { team: '' } }],
  ['resources that are not limited', { 'pod.resources': { limits: {} } }],
  ['a filter with known addresses', { ipFilter: { allow: ['10.0.0.0/8'] }, 'service.clientAddress': 'preserved' }],
  ['a Secret for TLS that is off', { 'tls.secretName': 'none' }],
  ['node ports', { 'service.type': 'NodePort', listenPort: 30_010, 'service.firstSshPort': 30_011 }],
  ['a class by way of another type', { 'service.type': 'NodePort' }, { 'service.loadBalancerClass': 'a.example/a' }],
  ['a class when the type comes', { 'service.loadBalancerClass': 'a.example/a' }, { 'service.type': 'ClusterIP' }],
  ['a server that is left alone', { paused: true }],
  ['another listening port', { listenPort: 7000 }, {}],
  ['another size with another key', { keys: { bits: 2048, rotation: 1 } }, { keys: { bits: 4096 } }],
  ['a Secret of its own afterwards', { keys: { secretName: 'mine' } }, { keys: {} }],
  ['fewer slots', { 'containers.maxRunning': 1 }, { 'containers.maxRunning': 9 }],
];

const TOKEN: [name: string, change: Change, before?: Change][] = [
  ['for a server that is not there', { serverName: 'nobody' }],
  ['for a server with the longest name', { serverName: 'a'.repeat(40) }],
  ['that has expired', { expiresAt: '2001-01-01T00:00:00Z' }],
  ['until a time with a zone', { expiresAt: '2030-01-31T12:00:00+05:30' }],
  ['of somebody with the longest description', { description: 'é'.repeat(200) }],
  ['that is switched off', { enabled: false }, {}],
];

const row =
  (kind: 'server' | 'token') =>
  ([name, change, before]: (typeof SERVER)[number]): TakenRow => ({
    name: `${kind}: ${name}`,
    kind,
    change,
    ...(before && { before }),
  });

export const TAKEN: TakenRow[] = [...SERVER.map(row('server')), ...TOKEN.map(row('token'))];
