/** One other value for each field of a server's spec. */
import { ISO_SHA256, OTHER_ISO_IMAGE, OTHER_SERVER_IMAGE } from '../ground/ground.ts';
import { BASE, type Flow, PODLESS, type Spec } from './flow.ts';
import { GIVEN, layGiven } from './given.ts';
import { editServer, isSettled, isTrue } from './server.ts';

interface Edit {
  /** A merge patch of the spec. */
  change: object;
  /** What the server is like before, where the change needs it. */
  before?: Spec;
  /** What people lay beside it before. */
  prepare?: Flow['prepare'];
  needsNeighbours?: boolean;
  /** What the status must say besides, for it to be over. */
  until?: string;
}

const CLOSED: Spec = { ...PODLESS, accessTokens: { required: true } };
const WEB: Spec = { ...PODLESS, web: { enabled: true } };
const PRESERVED: Spec = { ...PODLESS, service: { clientAddress: 'preserved' } };
const PROXIED = { clientAddress: 'proxyProtocol', trustedProxies: ['10.0.0.0/8'] } as const;
const toleration = { key: 'campaign', operator: 'Exists', effect: 'NoSchedule' } as const;

const HTTP = { url: 'https://mirror.example/anweddol.iso', size: '1Gi' };
const DOWNLOADED: Spec = { ...PODLESS, iso: { sha256: ISO_SHA256, http: HTTP } };
const TLS: Spec = { ...PODLESS, tls: { enabled: true } };
const issued = { issuerRef: { name: 'authority' }, dnsNames: ['lab.example'] };
const CERTIFIED = { needsNeighbours: true, until: 'CertificatesReady' } as const;
const download = (http: object): Edit => ({
  before: DOWNLOADED,
  change: { iso: { http } },
  needsNeighbours: true,
});

/** By the path of the field. */
export const EDITS: Record<string, Edit> = {
  'iso.sha256': { change: { iso: { sha256: ISO_SHA256 } } },
  'iso.image': { change: { iso: { image: OTHER_ISO_IMAGE } } },
  'iso.imagePullSecret': { change: { iso: { imagePullSecret: 'pull' } } },
  'iso.persistentVolumeClaim': {
    change: { iso: { image: null, persistentVolumeClaim: 'disk' } },
    needsNeighbours: true,
  },
  'iso.http': { change: { iso: { image: null, sha256: ISO_SHA256, http: HTTP } }, needsNeighbours: true },
  'iso.http.url': download({ url: 'https://mirror.example/other.iso' }),
  'iso.http.size': download({ size: '3Gi' }),
  'iso.http.storageClassName': download({ storageClassName: 'fast' }),
  'iso.http.accessMode': download({ accessMode: 'ReadOnlyMany' }),
  'iso.http.secretName': download({ secretName: 'basic' }),
  'iso.http.certConfigMap': download({ certConfigMap: 'authority' }),
  replicas: { change: { replicas: 1 } },
  listenPort: { change: { listenPort: 6151 } },
  clientTimeoutSeconds: { change: { clientTimeoutSeconds: 3 } },
  'containers.maxRunning': { change: { containers: { maxRunning: 4 } } },
  'containers.warmStartsAtOnce': { change: { containers: { warmStartsAtOnce: 5 } } },
  'containers.memory': { change: { containers: { memory: '96Mi' } } },
  'containers.vcpus': { change: { containers: { vcpus: 2 } } },
  'containers.scratchDisk': { change: { containers: { scratchDisk: '1Gi' } } },
  'containers.startTimeoutSeconds': { change: { containers: { startTimeoutSeconds: 11 } } },
  'containers.maxLifetimeSeconds': { change: { containers: { maxLifetimeSeconds: 601 } } },
  'containers.rebootPolicy': { change: { containers: { rebootPolicy: 'Reboot' } } },
  'containers.endpoint.username': { change: { containers: { endpoint: { username: 'other' } } } },
  'containers.endpoint.passwordSecretRef': {
    prepare: layGiven,
    change: { containers: { endpoint: { passwordSecretRef: { name: GIVEN.word, key: 'password' } } } },
  },
  'containers.endpoint.port': { change: { containers: { endpoint: { port: 2222 } } } },
  'containers.isolation.internet': { change: { containers: { isolation: { internet: false } } } },
  'containers.isolation.allowedEgress': {
    change: { containers: { isolation: { allowedEgress: [{ cidr: '192.0.2.0/24' }] } } },
  },
  'containers.isolation.dns': {
    change: { containers: { isolation: { dns: { mode: 'Servers', servers: ['192.0.2.53'] } } } },
  },
  'containers.isolation.clusterCIDRs': { change: { containers: { isolation: { clusterCIDRs: ['10.0.0.0/8'] } } } },
  'containers.nodeSelector': { change: { containers: { nodeSelector: { campaign: 'yes' } } } },
  'containers.tolerations': { change: { containers: { tolerations: [toleration] } } },
  'containers.priorityClassName': { change: { containers: { priorityClassName: 'system-cluster-critical' } } },
  'service.type': { change: { service: { type: 'NodePort' } } },
  'service.loadBalancerClass': {
    before: { ...PODLESS, service: { type: 'ClusterIP' } },
    change: { service: { type: 'LoadBalancer', loadBalancerClass: 'campaign.example/none' } },
  },
  'service.annotations': { change: { service: { annotations: { campaign: 'yes' } } } },
  'service.loadBalancerSourceRanges': { change: { service: { loadBalancerSourceRanges: ['192.0.2.0/24'] } } },
  'service.clientAddress': { change: { service: { clientAddress: 'preserved' } } },
  'service.trustedProxies': {
    before: { ...PODLESS, service: { ...PROXIED, trustedProxies: [...PROXIED.trustedProxies] } },
    change: { service: { trustedProxies: ['192.0.2.0/24'] } },
  },
  'keys.bits': { change: { keys: { bits: 3072, rotation: 1 } } },
  'keys.secretName': { prepare: layGiven, change: { keys: { secretName: GIVEN.key } } },
  'keys.rotation': { change: { keys: { rotation: 2 } } },
  'keys.onetime': { change: { keys: { onetime: true } } },
  'accessTokens.required': { change: { accessTokens: { required: true } } },
  'accessTokens.required (taken back)': { before: CLOSED, change: { accessTokens: { required: false } } },
  'ipFilter.allow': { before: PRESERVED, change: { ipFilter: { allow: ['192.0.2.0/24'] } } },
  'ipFilter.deny': { before: PRESERVED, change: { ipFilter: { deny: ['192.0.2.0/24'] } } },
  'web.enabled': { change: { web: { enabled: true } } },
  'web.port': { before: WEB, change: { web: { port: 8443 } } },
  'web.tls.enabled': { before: WEB, change: { web: { tls: { enabled: false } } } },
  'web.tls.dnsNames': { before: WEB, change: { web: { tls: { dnsNames: ['lab.example'] } } } },
  'web.tls.secretName': { before: WEB, prepare: layGiven, change: { web: { tls: { secretName: GIVEN.pair } } } },
  'web.tls.issuerRef': { before: WEB, change: { web: { tls: issued } }, ...CERTIFIED },
  'tls.enabled': { change: { tls: { enabled: true } } },
  'tls.dnsNames': { before: TLS, change: { tls: { dnsNames: ['lab.example'] } } },
  'tls.secretName': { before: TLS, prepare: layGiven, change: { tls: { secretName: GIVEN.pair } } },
  'tls.issuerRef': { before: TLS, change: { tls: issued }, ...CERTIFIED },
  'pod.image': { before: BASE, change: { pod: { image: OTHER_SERVER_IMAGE } } },
  'pod.labels': { change: { pod: { labels: { campaign: 'yes' } } } },
  'pod.annotations': { change: { pod: { annotations: { campaign: 'yes' } } } },
  'pod.nodeSelector': { change: { pod: { nodeSelector: { campaign: 'yes' } } } },
  'pod.tolerations': { change: { pod: { tolerations: [toleration] } } },
  'pod.affinity': {
    change: {
      pod: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { campaign: 'yes' } } },
            ],
          },
        },
      },
    },
  },
  'pod.priorityClassName': { change: { pod: { priorityClassName: 'system-cluster-critical' } } },
  'pod.imagePullSecrets': { change: { pod: { imagePullSecrets: ['pull'] } } },
  'pod.resources.requests': { change: { pod: { resources: { requests: { cpu: '50m' } } } } },
  'pod.resources.limits': { change: { pod: { resources: { limits: { memory: '300Mi' } } } } },
  'pod.maxConnections': { change: { pod: { maxConnections: 1000 } } },
  'pod.logLevel': { change: { pod: { logLevel: 'debug' } } },
  paused: { change: { paused: true } },
};

/** Fields that have no edit, and why. By the beginning of their paths. */
export const WITHOUT_EDIT: Record<string, string> = {
  'containers.warm': 'the flows warm-up and warm-down',
  'service.firstSshPort': 'cannot be changed',
};

export const EDIT_FLOWS: Flow[] = Object.entries(EDITS).map(
  ([path, { change, before = PODLESS, prepare, needsNeighbours = false, until }]) => ({
    name: `edit ${path}`.replaceAll(' ', '-').replaceAll(/[()]/g, ''),
    spec: before,
    needsNeighbours,
    ...(prepare && { prepare }),
    ...(until && { isOver: (scene) => isSettled(scene) && isTrue(scene.server, until) }),
    act: (scene) => editServer(scene, change),
    isEdit: true,
  }),
);

/** What an edit needs to be one of a server with pods. */
export const EDIT_WITH_PODS: Flow = {
  name: 'edit-with-pods',
  spec: BASE,
  act: (scene) => editServer(scene, { clientTimeoutSeconds: 3 }),
  isEdit: true,
};
