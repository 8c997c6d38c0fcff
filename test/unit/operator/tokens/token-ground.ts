import pino from 'pino';
import { AnweddolAccessToken, AnweddolServer } from '../../../../src/api/resources.ts';
import { startApiServer } from '../../../../src/embedded/apiserver/start-api-server.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { createKubeClient } from '../../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../../src/kube/load.ts';
import type { KubeObject, Resource } from '../../../../src/kube/objects.ts';
import { Pod, Secret } from '../../../../src/kube/resources.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../../src/main/demo/manifests.ts';
import { startCaches } from '../../../../src/operator/caches.ts';
import type { Caches } from '../../../../src/operator/context.ts';
import { tokenControllers } from '../../../../src/operator/tokens/token-controllers.ts';
import type { Clock } from '../../../../src/runtime/clock.ts';
import { runController } from '../../../../src/runtime/controller.ts';
import type { Happening, ObjectReference } from '../../../../src/runtime/events/event.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { parseTokenList, type TokenEntry } from '../../../../src/server/access/token-list.ts';

export const soon = () => AbortSignal.timeout(20_000);

export const namespace = 'default';

/** One life of the two reconcilers of tokens, on the API server of the ground. */
export interface Life {
  caches: Caches;
  /** All that they logged, as JSON lines. */
  lines: string[];
  events: { about: ObjectReference; event: Happening }[];
  end(): Promise<void>;
}

export interface Ground extends AsyncDisposable {
  kube: KubeClient;
  /** @param kube default: one that does as it is told */
  live(given?: { kube?: KubeClient; clock?: Clock }): Life;
}

/** An in-memory API server on which the reconcilers of tokens can live and die; the test plays all others. */
export async function startGround(): Promise<Ground> {
  const silent = pino({ level: 'silent' });
  const api = await startApiServer({ clock: systemClock, log: silent });
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock: systemClock });
  const kube = createKubeClient(transport);
  await applyManifests(kube, await manifestsOf('crds'), soon());
  return {
    kube,
    live: (given = {}) => live({ kube, clock: systemClock, ...given }, kube),
    async [Symbol.asyncDispose]() {
      await transport.close();
      await api.close();
    },
  };
}

function live({ kube, clock }: { kube: KubeClient; clock: Clock }, watching: KubeClient): Life {
  const stop = new AbortController();
  const { signal } = stop;
  const lines: string[] = [];
  const events: Life['events'] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const caches = startCaches({ kube: watching, clock: systemClock, log, signal });
  const recorder = { event: (about: ObjectReference, event: Happening) => void events.push({ about, event }) };
  const context = { kube, caches, clock, log, events: recorder };
  const running = tokenControllers(context).map(({ name, watches, reconcile }) =>
    runController({
      name,
      watches,
      reconcile: (key, deadline) => reconcile(key, context, deadline),
      workers: 4,
      clock,
      log,
      signal,
      abandon: signal,
    }),
  );
  return {
    caches,
    lines,
    events,
    async end() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

const options = { fieldManager: 'test', force: true };

export function applyServer(
  kube: KubeClient,
  name: string,
  required: boolean,
  more: object = {},
): Promise<AnweddolServer> {
  const spec = { iso: { image: 'iso:1' }, accessTokens: { required }, ...more };
  return kube.apply(AnweddolServer, manifest(AnweddolServer, name, { spec }), options);
}

export function applyToken(
  kube: KubeClient,
  name: string,
  spec: { serverName: string; enabled?: boolean; expiresAt?: string; description?: string },
): Promise<AnweddolAccessToken> {
  return kube.apply(AnweddolAccessToken, manifest(AnweddolAccessToken, name, { spec }), options);
}

/** A server pod, as a Deployment would make it. */
export function createServerPod(kube: KubeClient, server: string, name: string): Promise<Pod> {
  const labels = {
    'app.kubernetes.io/managed-by': 'anweddol-operator',
    'app.kubernetes.io/component': 'server',
    'anweddol.io/server': server,
  };
  const volumes = [{ name: 'access-tokens', secret: { secretName: `${server}-access-tokens` } }];
  const spec = { containers: [{ name: 'server', image: 'anweddol:1' }], volumes };
  return kube.create(Pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec,
  });
}

function manifest<T extends KubeObject>(resource: Resource<T>, name: string, rest: object): T {
  const apiVersion = `${resource.group}/${resource.version}`;
  return { apiVersion, kind: resource.kind, metadata: { namespace, name }, ...rest } as unknown as T;
}

/** Waits until the Ready condition of a token has this reason. */
export function tokenIs(life: Life, name: string, reason: string): Promise<AnweddolAccessToken> {
  return life.caches.tokens.waitFor((store) => {
    const token = store.get(`${namespace}/${name}`);
    const isSo = token?.status?.conditions?.some(
      (condition) => condition.type === 'Ready' && condition.reason === reason,
    );
    return isSo ? token : undefined;
  }, soon());
}

/** The token in the Secret that was made for it. */
export async function textOf(kube: KubeClient, name: string): Promise<string | undefined> {
  const secret = await kube.get(Secret, { namespace, name: `${name}-token` });
  return secret && Buffer.from(secret.data?.token ?? '', 'base64').toString();
}

/** What server pods would read. */
export async function listOf(kube: KubeClient, server: string): Promise<TokenEntry[] | undefined> {
  const secret = await kube.get(Secret, { namespace, name: `${server}-access-tokens` });
  return secret && parseTokenList(Buffer.from(secret.data?.['tokens.json'] ?? '', 'base64'));
}

/** Waits until a look at the API server gives what is looked for; nothing tells of Secrets. */
export async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const signal = soon();
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
