/** Resources that the API server takes and the cluster does not: what the operator is to say of them. */
import { ENDING_IMAGE, MISSING_IMAGE } from './played-node.ts';
import type { Change } from './row.ts';

export interface ToldRow {
  name: string;
  change: Change;
  /** Made so, and changed when its Deployment is there. */
  before?: Change;
  /** What must stand in the status. */
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  words: RegExp;
  /** Where only the real control plane refuses it. */
  isRealOnly?: boolean;
}

/** One that needs no load balancer, which there is none of. */
const WITHIN = { 'service.type': 'ClusterIP' };
const NOT_READY = { type: 'Ready', status: 'False', reason: 'NoPodReady' } as const;
const NO_ISO = { type: 'IsoReady', status: 'False' } as const;
const NOT_WARM = { type: 'PoolReady', status: 'False' } as const;
const REFUSED = { type: 'Degraded', status: 'True', reason: 'ObjectRefused' } as const;

export const TOLD: ToldRow[] = [
  {
    name: 'affinity to no term',
    change: {
      'pod.affinity.nodeAffinity': { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
    },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*nodeSelectorTerms/,
  },
  {
    name: 'affinity of an unknown field',
    change: { 'pod.affinity.podAffinity': { zork: 1 } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*zork/,
  },
  {
    name: 'affinity of another type',
    change: { 'pod.affinity.podAntiAffinity': { requiredDuringSchedulingIgnoredDuringExecution: 'all' } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*requiredDuringSchedulingIgnoredDuringExecution/,
  },
  {
    name: 'affinity without a topology',
    change: {
      'pod.affinity.podAntiAffinity': { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: {} }] },
    },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*topologyKey/,
  },
  {
    name: 'a pod label with a bad key',
    change: { 'pod.labels': { 'not a key': 'x' } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*not a key/,
  },
  {
    name: 'a pod annotation with a bad key',
    change: { 'pod.annotations': { 'not a key': 'x' } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*not a key/,
  },
  {
    name: 'a node selector with a bad key',
    change: { 'pod.nodeSelector': { 'not a key': 'x' } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*not a key/,
  },
  {
    name: 'more requested than allowed',
    change: { 'pod.resources': { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*must be less than or equal to memory limit/,
  },
  {
    name: 'a resource that is none',
    change: { 'pod.resources': { requests: { 'zork!': '1' } } },
    ...REFUSED,
    words: /^Deployment \S+-server was refused: .*zork!/,
  },
  {
    name: 'a pull Secret with two dots',
    change: { 'service.type': 'ClusterIP', 'pod.imagePullSecrets': ['a..b'] },
    type: 'Ready',
    status: 'False',
    reason: 'NoPodReady',
    words: /^0 of 2 server pods are ready$/,
  },
  {
    name: 'a Service annotation with a bad key',
    change: { 'service.annotations': { 'not a key': 'x' } },
    ...REFUSED,
    words: /^Service \S+ was refused: .*not a key/,
  },
  {
    name: 'a load balancer that is not there',
    change: {},
    type: 'AddressAssigned',
    status: 'False',
    reason: 'LoadBalancerSilent',
    words: /no address for 5 minutes: .*Without one, use service.type NodePort/,
  },
  {
    name: 'node ports that are others',
    change: { 'service.type': 'NodePort' },
    type: 'AddressAssigned',
    status: 'True',
    reason: 'NodePortsDiffer',
    words: /any node answers on port 3\d{4}, but clients are told the SSH ports 10000 to 10005/,
  },
  {
    name: 'node ports as told',
    change: { 'service.type': 'NodePort', 'service.firstSshPort': 30_030 },
    type: 'AddressAssigned',
    status: 'True',
    reason: 'NodePortsAssigned',
    words: /SSH of containers on ports 30030 to 30035/,
  },
  {
    name: 'an address of the cluster',
    change: { 'service.type': 'ClusterIP' },
    type: 'AddressAssigned',
    status: 'True',
    reason: 'ClusterOnly',
    words: /within the cluster only, as \S+ or \S+\.svc/,
  },
  {
    name: 'a key Secret that is missing',
    change: { keys: { secretName: 'nobody' } },
    type: 'KeyReady',
    status: 'False',
    reason: 'KeyMissing',
    words: /nobody/,
  },
  {
    name: 'no pods',
    change: { replicas: 0, 'service.type': 'ClusterIP' },
    type: 'Ready',
    status: 'False',
    reason: 'ScaledToZero',
    words: /0 of 0/,
  },
  {
    name: 'a priority class that is missing',
    change: { 'pod.priorityClassName': 'nobody' },
    type: 'Degraded',
    status: 'True',
    reason: 'PodsRefused',
    words: /no PriorityClass with name nobody was found/,
    isRealOnly: true,
  },
  {
    name: 'an image of server pods that no registry has',
    change: { ...WITHIN, 'pod.image': MISSING_IMAGE },
    before: WITHIN,
    ...NOT_READY,
    words: /^0 of 2 server pods are ready: image \S+missing:1 can't be pulled: mend pod\.image, pod\.imagePullSecrets/,
  },
  {
    name: 'an image of server pods that no registry has, before the ISO is read by it',
    change: { 'pod.image': MISSING_IMAGE },
    ...NO_ISO,
    reason: 'IsoUnavailable',
    words: /^the check of \S+iso:1 can't run, as image \S+missing:1 \(pod\.image\) can't be pulled: failed to pull/,
  },
  {
    name: 'an image of server pods whose program ends',
    change: { ...WITHIN, 'pod.image': ENDING_IMAGE },
    ...NOT_READY,
    words:
      /^0 of 2 \S+ pods are ready: container server ends with exit code 2, saying: no such program: look at its log/,
  },
  {
    name: 'a node selector that no node has',
    change: { ...WITHIN, 'pod.nodeSelector': { nobody: 'x' } },
    ...NOT_READY,
    words: /^0 of 2 .*: no node takes a pod \(0\/1 nodes .*\): free or add one, or mend pod\.nodeSelector/,
  },
  {
    name: 'a Secret of the endpoint that is missing',
    change: { ...WITHIN, 'containers.endpoint.passwordSecretRef': { name: 'nobody', key: 'word' } },
    ...NOT_READY,
    words: /^0 of 2 .*: Secret nobody must have the key word \(containers\.endpoint\.passwordSecretRef\)/,
  },
  {
    name: 'an ISO that no registry has',
    change: { 'iso.image': MISSING_IMAGE },
    ...NO_ISO,
    reason: 'IsoUnavailable',
    words: /^\S+missing:1 can't be had: failed to pull and unpack/,
  },
  {
    name: 'an ISO of a claim that is missing',
    change: { 'iso.image': undefined, 'iso.persistentVolumeClaim': 'nobody' },
    ...NO_ISO,
    reason: 'IsoClaimMissing',
    words: /^claim nobody is not there: .*"nobody" not found/,
  },
  {
    name: 'containers on nodes that there are none of',
    change: { 'containers.warm': 1, 'containers.nodeSelector': { nobody: 'x' } },
    ...NOT_WARM,
    reason: 'PoolUnschedulable',
    words: /^0 of 1 warm; one waits: 0\/1 nodes are available: .*node affinity\/selector/,
  },
  {
    name: 'containers on nodes by a bad key',
    change: { 'containers.warm': 1, 'containers.nodeSelector': { 'not a key': 'x' } },
    ...NOT_WARM,
    reason: 'PoolLauncherRefused',
    words: /not a key/,
    isRealOnly: true,
  },
  {
    name: 'containers of a priority class that is missing',
    change: { 'containers.warm': 1, 'containers.priorityClassName': 'nobody' },
    ...NOT_WARM,
    reason: 'PoolLauncherRefused',
    words: /no PriorityClass with name nobody was found/,
    isRealOnly: true,
  },
];

/** To be made when all others are there. */
export const CLASH: ToldRow = {
  name: 'node ports that another has',
  change: { 'service.type': 'NodePort', 'service.firstSshPort': 30_032 },
  ...REFUSED,
  words: /^Service \S+ was refused: .*provided port is already allocated/,
};
