import type { Logger } from 'pino';
import type { AnweddolAccessToken, AnweddolServer } from '../api/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import type {
  ConfigMap,
  Deployment,
  EndpointSlice,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  VirtualMachineInstance,
} from '../kube/resources.ts';
import type { Store } from '../kube/store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { EventRecorder } from '../runtime/events/event-recorder.ts';
import type { Tracer, TracesTarget } from '../runtime/tracing.ts';
import type { KnownCertificate } from './certificates/known-certificate.ts';
import type { StuckContainers } from './containers/stuck.ts';
import type { KeyPairs } from './keys/key-pairs.ts';
import type { KnownKey } from './keys/read-key.ts';
import type { OperatorMetrics } from './metrics/operator-metrics.ts';
import type { ClusterNetworks } from './network/cluster-networks.ts';
import type { PlatformCheck } from './platform/check-platform.ts';
import type { PoolMemories } from './pool/pool-memory.ts';
import type { Recollection } from './recollection.ts';
import type { Refusals } from './refusals.ts';

/** What the operator sees without asking: kept up to date by reflectors. All but `servers` and `tokens` hold only our own objects. */
export interface Caches {
  servers: Store<AnweddolServer>;
  tokens: Store<AnweddolAccessToken>;
  accounts: Store<ServiceAccount>;
  roles: Store<Role>;
  roleBindings: Store<RoleBinding>;
  configMaps: Store<ConfigMap>;
  deployments: Store<Deployment>;
  budgets: Store<PodDisruptionBudget>;
  policies: Store<NetworkPolicy>;
  services: Store<Service>;
  slices: Store<EndpointSlice>;
  pods: Store<Pod>;
  machines: Store<VirtualMachineInstance>;
}

/** What was made for a server, and the tokens for one, by server: `namespace/name`. */
export const INDEX_BY_SERVER = 'server';

export interface Context {
  kube: KubeClient;
  caches: Caches;
  clock: Clock;
  log: Logger;
  /** The image of server pods whose resource names none. */
  defaultImage: string;
  platform: PlatformCheck;
  networks: ClusterNetworks;
  refusals: Refusals;
  pools: PoolMemories;
  stuck: StuckContainers;
  keyPairs: KeyPairs;
  /** What the Secrets of keys, and those of certificates, hold. */
  knownKeys: Recollection<KnownKey>;
  knownCertificates: Recollection<KnownCertificate>;
  /** Tells people, on the objects, what came about. */
  events: Pick<EventRecorder, 'event'>;
  /** Absent: nobody follows what is done. */
  tracer?: Tracer | undefined;
  /** Where server pods send their traces. Absent: they record none. */
  traces?: TracesTarget | undefined;
  /** Absent: nobody asks for numbers. */
  metrics?: OperatorMetrics | undefined;
}

/** What a program wires; the rest belongs to one run of the operator. */
export interface OperatorParts
  extends Omit<
    Context,
    'platform' | 'refusals' | 'pools' | 'stuck' | 'events' | 'networks' | 'keyPairs' | 'knownKeys' | 'knownCertificates'
  > {
  /** The cluster's own networks, where somebody has named them. */
  clusterCidrs?: string[];
}
