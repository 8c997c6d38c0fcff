/** One other value for each field of a server's spec. */
import { BASE, type Flow, PODLESS, type Spec } from './flow.ts';
import { editServer } from './server.ts';

interface Edit {
  /** A merge patch of the spec. */
  change: object;
  /** What the server is like before, where the change needs it. */
  before?: Spec;
}

const CLOSED: Spec = { ...PODLESS, accessTokens: { required: true } };
const WEB: Spec = { ...PODLESS, web: { enabled: true } };
const PRESERVED: Spec = { ...PODLESS, service: { clientAddress: 'preserved' } };
const PROXIED = { clientAddress: 'proxyProtocol', trustedProxies: ['10.0.0.0/8'] } as const;
const toleration = { key: 'campaign', operator: 'Exists', effect: 'NoSchedule' } as const;

/** By the path of the field. */
export const EDITS: Record<string, Edit> = {
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
    change: { containers: { endpoint: { passwordSecretRef: { name: 'endpoint', key: 'password' } } } },
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
  'service.annotations': { change: { service: { annotations: { campaign: 'yes' } } } },
  'service.loadBalancerSourceRanges': { change: { service: { loadBalancerSourceRanges: ['192.0.2.0/24'] } } },
  'service.clientAddress': { change: { service: { clientAddress: 'preserved' } } },
  'service.trustedProxies': {
    before: { ...PODLESS, service: { ...PROXIED, trustedProxies: [...PROXIED.trustedProxies] } },
    change: { service: { trustedProxies: ['192.0.2.0/24'] } },
  },
  'keys.bits': { change: { keys: { bits: 3072, rotation: 1 } } },
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
  'tls.enabled': { change: { tls: { enabled: true } } },
  'tls.dnsNames': { before: { ...PODLESS, tls: { enabled: true } }, change: { tls: { dnsNames: ['lab.example'] } } },
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
  'iso.': 'the ISO of these machines is played: another one cannot be checked',
  'containers.warm': 'the flows warm-up and warm-down',
  'service.firstSshPort': 'cannot be changed',
  'service.loadBalancerClass': 'no load balancer of another class would serve it',
  'keys.secretName': 'a key of somebody’s own is not there',
  'web.tls.secretName': 'a certificate of somebody’s own is not there',
  'web.tls.issuerRef': 'cert-manager is not there',
  'tls.secretName': 'a certificate of somebody’s own is not there',
  'tls.issuerRef': 'cert-manager is not there',
  'pod.image': 'there is one image of server pods',
};

export const EDIT_FLOWS: Flow[] = Object.entries(EDITS).map(([path, { change, before = PODLESS }]) => ({
  name: `edit ${path}`.replaceAll(' ', '-').replaceAll(/[()]/g, ''),
  spec: before,
  act: (scene) => editServer(scene, change),
  isEdit: true,
}));

/** What an edit needs to be one of a server with pods. */
export const EDIT_WITH_PODS: Flow = {
  name: 'edit-with-pods',
  spec: BASE,
  act: (scene) => editServer(scene, { clientTimeoutSeconds: 3 }),
  isEdit: true,
};
