/** A cluster whose definitions are those of another release, and operators of this one that come and go on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { anweddolServerDefinition } from '../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../src/api/crd/structural-schema.ts';
import { AnweddolServer } from '../../src/api/resources.ts';
import { startApiServer } from '../../src/embedded/apiserver/start-api-server.ts';
import { machineDefinition } from '../../src/embedded/controllers/kubevirt/machine-definition.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { CustomResourceDefinition, type Pod } from '../../src/kube/resources.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../src/main/demo/manifests.ts';
import { startCaches } from '../../src/operator/caches.ts';
import type { Caches } from '../../src/operator/context.ts';
import { runOperator } from '../../src/operator/run-operator.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';

export const NAMESPACE = 'default';
export const soon = () => AbortSignal.timeout(20_000);

type Definition = CustomResourceDefinition;
/** Changes the schemas of `spec` and `status` of an AnweddolServer in place. */
export type SchemaChange = (schemas: { spec: StructuralSchema; status: StructuralSchema }) => void;

/** One run of this release's operator. */
export interface Life {
  caches: Caches;
  /** All that it logged, as lines of JSON. */
  lines: string[];
  end(): Promise<void>;
}

export interface Ground extends AsyncDisposable {
  kube: KubeClient;
  /** Puts the definition of AnweddolServers of another release in place; without a change that of this one. */
  define(change?: SchemaChange): Promise<void>;
  operator(): Life;
}

export async function startGround(): Promise<Ground> {
  const api = await startApiServer({ clock, log: pino({ level: 'silent' }) });
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock });
  const kube = createKubeClient(transport);
  await applyManifests(kube, await manifestsOf('crds'), soon());
  await applyManifests(kube, [machineDefinition() as unknown as KubeObject], soon());
  return {
    kube,
    define: (change = () => undefined) => define(kube, change),
    operator: () => operator(kube),
    async [Symbol.asyncDispose]() {
      await transport.close();
      await api.close();
    },
  };
}

/** This release's definition, with that change of its schema. */
export function definitionWith(change: SchemaChange): Definition {
  const definition = structuredClone(anweddolServerDefinition()) as unknown as Definition;
  const { spec, status } = definition.spec.versions[0]?.schema?.openAPIV3Schema?.properties ?? {};
  change({ spec, status } as Parameters<SchemaChange>[0]);
  return definition;
}

async function define(kube: KubeClient, change: SchemaChange): Promise<void> {
  const definition = definitionWith(change);
  const stored = await kube.get(CustomResourceDefinition, definition.metadata);
  const resourceVersion = stored?.metadata.resourceVersion ?? '';
  await kube.replace(CustomResourceDefinition, {
    ...definition,
    metadata: { ...definition.metadata, resourceVersion },
  });
}

function operator(kube: KubeClient): Life {
  const stop = new AbortController();
  const { signal } = stop;
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) });
  const caches = startCaches({ kube, clock, log, signal });
  const running = runOperator({ kube, clock, log, caches, defaultImage: 'anweddol:1' }, signal);
  return {
    caches,
    lines,
    async end() {
      stop.abort();
      await running;
    },
  };
}

/** As a user stores it, with whatever fields the definition in place knows. */
export function stored(kube: KubeClient, name: string, spec: object): Promise<AnweddolServer> {
  return kube.create(AnweddolServer, {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { namespace: NAMESPACE, name },
    spec: { iso: { image: 'iso:1' }, keys: { bits: 2048 }, ...spec },
  } as unknown as AnweddolServer);
}

/** The object as the API server tells it, without what TypeScript knows of it. */
export async function raw(kube: KubeClient, name: string): Promise<{ metadata: { resourceVersion: string } } & Raw> {
  const found = await kube.get(AnweddolServer, { namespace: NAMESPACE, name });
  return structuredClone(found) as never;
}
interface Raw {
  spec: Record<string, unknown>;
  status?: Record<string, unknown> & {
    conditions?: { type: string; status: string; reason: string; message: string }[];
  };
}

/** Waits until the condition of a server has this reason, and returns its message. */
export function reasonIs({ caches }: Life, name: string, type: string, reason: string): Promise<string> {
  return caches.servers.waitFor((store) => {
    const { conditions = [] } = store.get(`${NAMESPACE}/${name}`)?.status ?? {};
    return conditions.find((one) => one.type === type && one.reason === reason)?.message;
  }, soon());
}

/** Tries again until it passes; fails with the last failure after a while. */
export async function eventually(look: () => Promise<void>): Promise<void> {
  const end = Date.now() + 20_000;
  while (true) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}

/** What a node says of the check of an ISO. */
export const ISO_READ: Pick<Pod, 'status'> = {
  status: {
    phase: 'Succeeded',
    containerStatuses: [
      {
        name: 'check',
        state: { terminated: { exitCode: 0, message: 'ab'.repeat(32), finishedAt: '2026-01-01T00:00:00Z' } },
        image: '',
        imageID: '',
        ready: false,
        restartCount: 0,
      },
    ],
  },
};
