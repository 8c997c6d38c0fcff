/** What people do with the resource of a server. */
import { AnweddolServer } from '../../../src/api/resources.ts';
import { type Scene, SERVER } from '../ground/scene.ts';
import type { AnyObject } from '../truth/version.ts';
import type { Spec } from './flow.ts';

export async function createServer(
  { ground, namespace, serverImage: image, signal }: Scene,
  spec: Spec,
): Promise<void> {
  const manifest = {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { namespace, name: SERVER },
    spec: { ...spec, pod: { image, ...spec.pod } },
  };
  await ground.admin.create(AnweddolServer, manifest as unknown as AnweddolServer, { signal });
}

/** @param change a merge patch of the spec */
export async function editServer({ ground, namespace, signal }: Scene, change: object): Promise<void> {
  const name = { namespace, name: SERVER };
  await ground.admin.mergePatch(AnweddolServer, name, { spec: change }, { signal });
}

export async function deleteServer({ ground, namespace, signal }: Scene): Promise<void> {
  await ground.admin.delete(AnweddolServer, { namespace, name: SERVER }, { propagation: 'Background', signal });
}

interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

function conditionsOf(object: AnyObject | undefined): Condition[] {
  return (object?.status?.conditions ?? []) as Condition[];
}

/** Whether a condition of a server holds. */
export function isTrue(server: AnyObject | undefined, condition: string): boolean {
  return conditionsOf(server).some(({ type, status }) => type === condition && status === 'True');
}

/** Whether the operator has seen the latest spec, has made what it takes, and the pods are what it asks for. */
export function isSettled({ server, history }: Pick<Scene, 'server' | 'history'>): boolean {
  if (!server?.status || server.status.observedGeneration !== server.metadata.generation) return false;
  const is = (type: string) => conditionsOf(server).find((condition) => condition.type === type)?.status;
  const { replicas = 0 } = (server.spec ?? {}) as { replicas?: number };
  const [deployment] = history.ofKind('Deployment').map(({ object }) => object);
  const {
    readyReplicas = 0,
    updatedReplicas = 0,
    replicas: all = 0,
  } = (deployment?.status ?? {}) as Record<string, number>;
  const isRolledOut = readyReplicas === replicas && updatedReplicas === replicas && all === replicas;
  const isReady = replicas === 0 || is('Ready') === 'True';
  // Without pods nothing else tells that a key is still being made.
  if (['KeyReady', 'CertificatesReady'].some((type) => is(type) === 'Unknown')) return false;
  return is('IsoReady') === 'True' && is('Progressing') === 'False' && isRolledOut && isReady;
}
