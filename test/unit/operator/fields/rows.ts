/** For each field of AnweddolServer: a value that is not its default, and where the running system shows it. */
import type { NetworkPolicy } from '../../../../src/kube/resources.ts';
import type { System } from './system.ts';

/** Path → what the spec says of it (merged into the base), what is looked at, what is seen there. */
export type Row = [path: string, spec: object, look: (system: System) => unknown, seen: unknown];

const TOLERATION = { key: 'lab', operator: 'Equal', value: 'yes', effect: 'NoExecute', tolerationSeconds: 60 };
const URL = 'https://mirror.example/anweddol.iso';
const DIGEST = 'ab'.repeat(32);
const http = (more: object) => ({ image: null, sha256: DIGEST, http: { url: URL, ...more } });
const proxied = { clientAddress: 'proxyProtocol', trustedProxies: ['192.0.2.0/24'] };
const isolated = (isolation: object) => ({ containers: { isolation } });
const ports = ({ service }: System) => service.ports?.map(({ port }) => port);

export const ROWS: Row[] = [
  ['replicas', { replicas: 3 }, ({ replicas, budgets }) => [replicas, budgets], [3, 1]],
  ['listenPort', { listenPort: 6160 }, (s) => [ports(s)?.[0], s.settings.spec.listenPort], [6160, 6160]],
  ['clientTimeoutSeconds', { clientTimeoutSeconds: 33 }, (s) => s.settings.spec.clientTimeoutSeconds, 33],

  [
    'iso.sha256',
    { iso: { sha256: DIGEST } },
    (s) => s.machine.metadata.annotations?.['anweddol.io/iso-sha256'],
    DIGEST,
  ],
  ['iso.image', { iso: { image: 'iso:9' } }, (s) => s.machine.spec.volumes?.[0]?.containerDisk?.image, 'iso:9'],
  [
    'iso.imagePullSecret',
    { iso: { imagePullSecret: 'pull' } },
    (s) => s.machine.spec.volumes?.[0]?.containerDisk?.imagePullSecret,
    'pull',
  ],
  [
    'iso.persistentVolumeClaim',
    { iso: { image: null, persistentVolumeClaim: 'disk' } },
    (s) => s.machine.spec.volumes?.[0]?.persistentVolumeClaim?.claimName,
    'disk',
  ],
  ['iso.http.url', { iso: http({}) }, (s) => s.dataVolume.spec.source.http.url, URL],
  ['iso.http.size', { iso: http({ size: '3Gi' }) }, (s) => s.dataVolume.spec.storage.resources.requests.storage, '3Gi'],
  [
    'iso.http.storageClassName',
    { iso: http({ storageClassName: 'fast' }) },
    (s) => s.dataVolume.spec.storage.storageClassName,
    'fast',
  ],
  [
    'iso.http.accessMode',
    { iso: http({ accessMode: 'ReadOnlyMany' }) },
    (s) => s.dataVolume.spec.storage.accessModes,
    ['ReadOnlyMany'],
  ],
  [
    'iso.http.secretName',
    { iso: http({ secretName: 'basic' }) },
    (s) => s.dataVolume.spec.source.http.secretRef,
    'basic',
  ],
  [
    'iso.http.certConfigMap',
    { iso: http({ certConfigMap: 'authority' }) },
    (s) => s.dataVolume.spec.source.http.certConfigMap,
    'authority',
  ],

  ['containers.maxRunning', { containers: { maxRunning: 4 } }, (s) => ports(s)?.length, 5],
  ['containers.warm', { containers: { warm: 2 } }, (s) => s.machines, 2],
  ['containers.warmStartsAtOnce', { containers: { warm: 2, warmStartsAtOnce: 1 } }, (s) => s.machines, 1],
  ['containers.memory', { containers: { memory: '512Mi' } }, (s) => s.machine.spec.domain.memory?.guest, '512Mi'],
  ['containers.vcpus', { containers: { vcpus: 3 } }, (s) => s.machine.spec.domain.cpu?.cores, 3],
  [
    'containers.scratchDisk',
    { containers: { scratchDisk: '5Gi' } },
    (s) => s.machine.spec.volumes?.[1]?.emptyDisk?.capacity,
    '5Gi',
  ],
  [
    'containers.startTimeoutSeconds',
    { containers: { startTimeoutSeconds: 77 } },
    (s) => [lasts(s, 'start-by'), s.pod.terminationGracePeriodSeconds],
    [77, 107],
  ],
  ['containers.maxLifetimeSeconds', { containers: { maxLifetimeSeconds: 7777 } }, (s) => lasts(s, 'expires-at'), 7777],
  [
    'containers.rebootPolicy',
    { containers: { rebootPolicy: 'Reboot' } },
    (s) => s.machine.spec.domain.rebootPolicy,
    undefined,
  ],
  [
    'containers.endpoint.username',
    { containers: { endpoint: { username: 'boot' } } },
    (s) => s.settings.spec.containers.endpoint.username,
    'boot',
  ],
  [
    'containers.endpoint.passwordSecretRef.name',
    { containers: { endpoint: { passwordSecretRef: { name: 'given', key: 'pw' } } } },
    (s) => s.mounted('endpointPassword'),
    'given',
  ],
  [
    'containers.endpoint.passwordSecretRef.key',
    { containers: { endpoint: { passwordSecretRef: { name: 'given', key: 'pw' } } } },
    (s) => s.pod.volumes?.find(({ name }) => name === 'endpoint')?.secret?.items,
    [{ key: 'pw', path: 'password' }],
  ],
  [
    'containers.endpoint.port',
    { containers: { endpoint: { port: 2222 } } },
    (s) => [s.machine.spec.readinessProbe?.tcpSocket?.port, s.policies.includes('"port":2222')],
    [2222, true],
  ],
  ['containers.isolation.internet', isolated({ internet: false }), (s) => egressNetworks(s), []],
  ['containers.isolation.internet', {}, (s) => egressNetworks(s), ['0.0.0.0/0']],
  [
    'containers.isolation.allowedEgress[].cidr',
    isolated({ allowedEgress: [{ cidr: '198.51.100.0/24' }] }),
    (s) => s.policies.includes('198.51.100.0/24'),
    true,
  ],
  [
    'containers.isolation.allowedEgress[].ports[].port',
    isolated({ allowedEgress: [{ cidr: '198.51.100.0/24', ports: [{ port: 4444 }] }] }),
    (s) => s.policies.includes('"port":4444'),
    true,
  ],
  [
    'containers.isolation.allowedEgress[].ports[].protocol',
    isolated({ allowedEgress: [{ cidr: '198.51.100.0/24', ports: [{ port: 4444, protocol: 'UDP' }] }] }),
    (s) => /"port":4444,"protocol":"UDP"|"protocol":"UDP","port":4444/.test(s.policies),
    true,
  ],
  ['containers.isolation.dns.mode', isolated({ dns: { mode: 'None' } }), (s) => s.machine.spec.dnsPolicy, 'None'],
  [
    'containers.isolation.dns.servers[]',
    isolated({ dns: { mode: 'Servers', servers: ['192.0.2.53'] } }),
    (s) => [s.machine.spec.dnsConfig?.nameservers, s.policies.includes('192.0.2.53/32')],
    [['192.0.2.53'], true],
  ],
  [
    'containers.isolation.clusterCIDRs[]',
    isolated({ clusterCIDRs: ['203.0.113.0/24'] }),
    (s) => s.policies.includes('203.0.113.0/24'),
    true,
  ],
  [
    'containers.nodeSelector',
    { containers: { nodeSelector: { disk: 'fast' } } },
    (s) => s.machine.spec.nodeSelector,
    { disk: 'fast' },
  ],
  ...(['key', 'operator', 'value', 'effect', 'tolerationSeconds'] as const).map(
    (field): Row => [
      `containers.tolerations[].${field}`,
      { containers: { tolerations: [TOLERATION] } },
      (s) => s.machine.spec.tolerations?.[0]?.[field],
      TOLERATION[field],
    ],
  ),
  [
    'containers.priorityClassName',
    { containers: { priorityClassName: 'low' } },
    (s) => s.machine.spec.priorityClassName,
    'low',
  ],

  ['service.type', { service: { type: 'ClusterIP' } }, (s) => s.service.type, 'ClusterIP'],
  [
    'service.annotations',
    { service: { annotations: { 'lb.example/size': 'big' } } },
    (s) => s.serviceMetadata.annotations?.['lb.example/size'],
    'big',
  ],
  [
    'service.loadBalancerClass',
    { service: { loadBalancerClass: 'lb.example/one' } },
    (s) => s.service.loadBalancerClass,
    'lb.example/one',
  ],
  [
    'service.loadBalancerSourceRanges[]',
    { service: { loadBalancerSourceRanges: ['192.0.2.0/24'] } },
    (s) => s.service.loadBalancerSourceRanges,
    ['192.0.2.0/24'],
  ],
  ['service.firstSshPort', { service: { firstSshPort: 20_000 } }, (s) => ports(s)?.slice(1), [20_000, 20_001]],
  [
    'service.clientAddress',
    { service: { clientAddress: 'preserved' } },
    (s) => s.settings.access.clientAddress,
    'preserved',
  ],
  ['service.trustedProxies[]', { service: proxied }, (s) => s.settings.access.trustedProxies, ['192.0.2.0/24']],

  [
    'keys.bits',
    { keys: { secretName: null, bits: 2048 } },
    (s) => s.status.publicKey?.secretName?.endsWith('-key'),
    true,
  ],
  ['keys.secretName', {}, (s) => s.mounted('privateKey'), 'given'],
  [
    'keys.rotation',
    { keys: { secretName: null, bits: 2048, rotation: 2 } },
    (s) => s.mounted('privateKey')?.endsWith('-key-2'),
    true,
  ],
  [
    'keys.onetime',
    { keys: { secretName: null, onetime: true } },
    (s) => [s.mounted('privateKey'), s.settings.onetimeKey?.bits],
    [undefined, 4096],
  ],

  [
    'accessTokens.required',
    { accessTokens: { required: true } },
    (s) => [s.settings.access.accessTokens.required, s.mounted('accessTokens')?.endsWith('-access-tokens')],
    [true, true],
  ],
  [
    'ipFilter.allow[]',
    { service: { clientAddress: 'preserved' }, ipFilter: { allow: ['192.0.2.0/24'] } },
    (s) => s.settings.access.ipFilter?.allow,
    ['192.0.2.0/24'],
  ],
  [
    'ipFilter.deny[]',
    { service: { clientAddress: 'preserved' }, ipFilter: { deny: ['192.0.2.0/24'] } },
    (s) => s.settings.access.ipFilter?.deny,
    ['192.0.2.0/24'],
  ],
  ['web.enabled', { web: { enabled: true, tls: { enabled: false } } }, (s) => ports(s)?.includes(8080), true],
  ['web.port', { web: { enabled: true, port: 8443, tls: { enabled: false } } }, (s) => ports(s)?.includes(8443), true],
  ...certificateRows('web.tls', (tls) => ({ web: { enabled: true, tls } }), 'webCertificate'),
  ...certificateRows('tls', (tls) => ({ tls: { enabled: true, ...tls } }), 'tlsCertificate'),

  ['pod.image', { pod: { image: 'other:1' } }, (s) => s.container.image, 'other:1'],
  [
    'pod.imagePullSecrets[]',
    { pod: { imagePullSecrets: ['pull'] } },
    (s) => s.pod.imagePullSecrets,
    [{ name: 'pull' }],
  ],
  ['pod.labels', { pod: { labels: { team: 'a' } } }, (s) => s.template.metadata?.labels?.team, 'a'],
  ['pod.annotations', { pod: { annotations: { note: 'b' } } }, (s) => s.template.metadata?.annotations?.note, 'b'],
  ['pod.nodeSelector', { pod: { nodeSelector: { disk: 'fast' } } }, (s) => s.pod.nodeSelector, { disk: 'fast' }],
  ...(['key', 'operator', 'value', 'effect', 'tolerationSeconds'] as const).map(
    (field): Row => [
      `pod.tolerations[].${field}`,
      { pod: { tolerations: [TOLERATION] } },
      (s) => s.pod.tolerations?.[0]?.[field],
      TOLERATION[field],
    ],
  ),
  ...(['nodeAffinity', 'podAffinity', 'podAntiAffinity'] as const).map(
    (field): Row => [
      `pod.affinity.${field}`,
      { pod: { affinity: { [field]: {} } } },
      (s) => s.pod.affinity,
      { [field]: {} },
    ],
  ),
  ['pod.priorityClassName', { pod: { priorityClassName: 'high' } }, (s) => s.pod.priorityClassName, 'high'],
  [
    'pod.resources.requests',
    { pod: { resources: { requests: { cpu: '50m' } } } },
    (s) => s.container.resources?.requests?.cpu,
    '50m',
  ],
  [
    'pod.resources.limits',
    { pod: { resources: { limits: { memory: '300Mi' } } } },
    (s) => s.container.resources?.limits?.memory,
    '300Mi',
  ],
  ['pod.maxConnections', { pod: { maxConnections: 99 } }, (s) => s.settings.access.maxConnections, 99],
  [
    'pod.logLevel',
    { pod: { logLevel: 'debug' } },
    (s) => s.container.env?.find(({ name }) => name === 'LOG_LEVEL')?.value,
    'debug',
  ],
  ['paused', { paused: true }, (s) => [s.status.phase, s.replicas, s.machines], ['Paused', undefined, 0]],
];

function certificateRows(
  path: string,
  spec: (tls: object) => object,
  file: 'webCertificate' | 'tlsCertificate',
): Row[] {
  const issuerRef = { name: 'authority', kind: 'ClusterIssuer', group: 'issuers.example' };
  const dnsNames = ['lab.example'];
  const issued = (s: System) => s.certificates[0]?.spec;
  return [
    [`${path}.enabled`, spec({}), (s) => typeof s.mounted(file), 'string'],
    [`${path}.secretName`, spec({ secretName: 'pair' }), (s) => s.mounted(file), 'pair'],
    [`${path}.issuerRef.name`, spec({ issuerRef, dnsNames }), (s) => issued(s)?.issuerRef.name, 'authority'],
    [`${path}.issuerRef.kind`, spec({ issuerRef, dnsNames }), (s) => issued(s)?.issuerRef.kind, 'ClusterIssuer'],
    [`${path}.issuerRef.group`, spec({ issuerRef, dnsNames }), (s) => issued(s)?.issuerRef.group, 'issuers.example'],
    [`${path}.dnsNames[]`, spec({ issuerRef, dnsNames }), (s) => issued(s)?.dnsNames?.includes('lab.example'), true],
  ];
}

/** Seconds; what the rows leave as it is. */
const DEFAULT_START_TIMEOUT = 180;
const DEFAULT_LIFETIME = 86_400;

/** Seconds from when the machine was made to the time of this annotation, where the other one has its default. */
function lasts({ machine }: System, annotation: 'start-by' | 'expires-at'): number {
  const at = (name: string) => Date.parse(machine.metadata.annotations?.[`anweddol.io/${name}`] ?? '');
  // Both are counted from one moment, which the API server's whole seconds do not tell.
  const apart = (at('expires-at') - at('start-by')) / 1000;
  return annotation === 'start-by' ? DEFAULT_LIFETIME - apart : DEFAULT_START_TIMEOUT + apart;
}

/** What containers reach by address, of the widest networks. */
function egressNetworks({ policies }: System): string[] {
  const specs: NonNullable<NetworkPolicy['spec']>[] = JSON.parse(policies);
  const cidrs = specs.flatMap(({ egress = [] }) =>
    egress.flatMap(({ to = [] }) => to.map((peer) => peer.ipBlock?.cidr ?? '')),
  );
  return cidrs.filter((cidr) => cidr.endsWith('/0'));
}
