import pino from 'pino';
import { LABEL_COMPONENT, LABEL_SERVER } from '../../../../src/api/names.ts';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { startApiServer } from '../../../../src/embedded/apiserver/start-api-server.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { createKubeClient } from '../../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../../src/kube/load.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import { keyOf } from '../../../../src/kube/objects.ts';
import { type Deployment, Namespace, type Pod, Secret, ServiceAccount } from '../../../../src/kube/resources.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import type { CertificatesFinding } from '../../../../src/operator/certificates/certificates-finding.ts';
import { INDEX_BY_SERVER } from '../../../../src/operator/context.ts';
import { deployment as desiredDeployment } from '../../../../src/operator/desired/deployment.ts';
import type { KeyFinding } from '../../../../src/operator/keys/key-finding.ts';
import { type KeyPair, KeyPairs } from '../../../../src/operator/keys/key-pairs.ts';
import { platformTakes } from '../../../../src/operator/platform/platform-finding.ts';
import { Recollection } from '../../../../src/operator/recollection.ts';
import { Refusals } from '../../../../src/operator/refusals.ts';
import { serverStatus } from '../../../../src/operator/status.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { sampleSettings } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';

export const signal = new AbortController().signal;
const START = Date.UTC(2026, 0, 1);

export interface Cluster extends AsyncDisposable {
  kube: KubeClient;
  /** Requests so far, such as `GET`. */
  requests(): string[];
  /** The names of the Secrets that there are. */
  secrets(): Promise<string[]>;
  putSecret(name: string, data: Record<string, string>, type?: string): Promise<Secret>;
}

/** An API server in memory with the namespace of the sample server. */
export async function startCluster(): Promise<Cluster> {
  const api = await startApiServer({ clock: systemClock, log: pino({ level: 'silent' }) });
  let methods: string[] = [];
  const metrics = {
    answered: ({ method }: { method: string }) => {
      methods.push(method);
    },
    throttled: () => undefined,
  };
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock: systemClock, metrics });
  const kube = createKubeClient(transport);
  await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'anweddol' } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'lab-server', namespace: 'anweddol' } };
  await kube.create(ServiceAccount, account);
  methods = [];
  return {
    kube,
    requests: () => methods,
    async secrets() {
      const { items } = await kube.list(Secret, { namespace: 'anweddol' });
      return items.map(({ metadata }) => metadata.name).sort();
    },
    putSecret(name, data, type = 'Opaque') {
      const metadata = { name, namespace: 'anweddol' };
      const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata, type, stringData: data };
      return kube.apply(Secret, secret, { fieldManager: 'test', force: true });
    },
    async [Symbol.asyncDispose]() {
      await transport.close();
      await api.close();
    },
  };
}

/** Keys made before, one after the other: making them is not what is tested. */
export class PreparedPairs extends KeyPairs {
  readonly #prepared: KeyPair[];
  made = 0;

  constructor(prepared: KeyPair[]) {
    super();
    this.#prepared = prepared;
  }

  override async make(): Promise<KeyPair> {
    const pair = this.#prepared[this.made++ % this.#prepared.length];
    if (!pair) throw new Error('no key is prepared');
    return pair;
  }
}

/** What one process of the operator remembers and sees, and one server with its status as it was stored last. */
export class Process {
  readonly kube: KubeClient;
  readonly clock: FakeClock;
  readonly keyPairs: KeyPairs;
  readonly pods = new ObjectStore<Pod>({
    log: pino({ level: 'silent' }),
    indices: { [INDEX_BY_SERVER]: ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.[LABEL_SERVER]}`] },
  });
  readonly caches = { pods: this.pods };
  readonly refusals: Refusals;
  readonly knownKeys: Recollection<never>;
  readonly knownCertificates: Recollection<never>;

  constructor(kube: KubeClient, keyPairs: KeyPairs = new KeyPairs(), clock: FakeClock = new FakeClock(START)) {
    this.kube = kube;
    this.clock = clock;
    this.keyPairs = keyPairs;
    this.refusals = new Refusals(clock);
    this.knownKeys = new Recollection(clock);
    this.knownCertificates = new Recollection(clock);
  }
}

export const sample = sampleServer;

/** The server with the status that a finding leads to. */
export function told(
  server: AnweddolServer,
  found: { key?: KeyFinding; certificates?: CertificatesFinding | undefined },
  now = START,
): AnweddolServer {
  const facts = {
    service: undefined,
    deployment: undefined,
    pods: [],
    isoPod: undefined,
    iso: { status: 'True', reason: 'IsoVerified', message: '' } as const,
    platform: platformTakes('Terminate'),
    address: { status: 'True', reason: 'Assigned', message: '' } as const,
    machines: [],
    ...found,
  };
  return { ...server, status: serverStatus(server, facts, now) };
}

/** The Deployment with these Secrets, and its pods, all of which have them. */
export function rolledOut(
  server: AnweddolServer,
  given: { key?: KeyFinding; certificates?: CertificatesFinding | undefined },
): { deployment: Deployment; pods: Pod[] } {
  const { key, certificates } = given;
  const secrets = { key: key?.secretName, tls: certificates?.tlsSecretName, web: certificates?.webSecretName };
  const made = desiredDeployment(server, {
    image: 'anweddol:1',
    settings: sampleSettings(),
    secrets,
    keySha256: key?.sha256,
  });
  const { replicas = 0, template } = made.spec ?? {};
  const status = { observedGeneration: 3, replicas, updatedReplicas: replicas, readyReplicas: replicas };
  const deployment: Deployment = { ...made, metadata: { ...made.metadata, generation: 3 }, status };
  const pods = Array.from({ length: replicas }, (_, index) =>
    podOf(server, `pod-${key?.sha256 ?? ''}-${index}`, template),
  );
  return { deployment, pods };
}

function podOf(
  server: AnweddolServer,
  name: string,
  template: NonNullable<Deployment['spec']>['template'] | undefined,
): Pod {
  const { namespace = '' } = server.metadata;
  const { labels, annotations } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: keyOf({ namespace, name }),
      labels: { ...labels, [LABEL_COMPONENT]: 'server' },
      ...(annotations && { annotations }),
    },
    ...(template?.spec && { spec: template.spec }),
    status: { phase: 'Running' },
  };
}
