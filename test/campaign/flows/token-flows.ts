/** What people do with access tokens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AnweddolAccessToken } from '../../../src/api/resources.ts';
import { type Scene, SERVER } from '../ground/scene.ts';
import type { AnyObject } from '../truth/version.ts';
import { ask } from './conversation.ts';
import { BASE, type Flow, type Spec } from './flow.ts';
import { isSettled } from './server.ts';

const CLOSED: Spec = { ...BASE, accessTokens: { required: true }, pod: { logLevel: 'debug' } };
const TOKEN = 'guest';
/** A server reads its list again within this. */
const TAKEN_MS = 20_000;
const AGAIN_MS = 100;

export const TOKEN_FLOWS: Flow[] = [
  { name: 'token-made', spec: CLOSED, act: make, isOver, verify: (scene) => isLetIn(scene, true) },
  {
    name: 'token-revoked',
    spec: CLOSED,
    prepare: made,
    act: (scene) => edit(scene, { enabled: false }),
    isOver,
    verify: (scene) => isLetIn(scene, false),
  },
  {
    name: 'token-deleted',
    spec: CLOSED,
    prepare: made,
    act: async ({ ground, namespace, signal }) => {
      await ground.admin.delete(AnweddolAccessToken, { namespace, name: TOKEN }, { signal });
    },
    // The garbage collector takes its Secret when it comes to it.
    isOver: (scene) => isSettled(scene) && !tokenIn(scene) && !scene.history.ofKind('Secret').some(isOfToken),
    verify: (scene) => isLetIn(scene, false),
  },
];

async function make({ ground, namespace, signal }: Scene): Promise<void> {
  const manifest: AnweddolAccessToken = {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolAccessToken',
    metadata: { namespace, name: TOKEN },
    spec: { serverName: SERVER, enabled: true },
  };
  await ground.admin.create(AnweddolAccessToken, manifest, { signal });
}

/** It is there, and opens the server. */
async function made(scene: Scene): Promise<void> {
  await make(scene);
  await scene.history.until(() => isOver(scene), AbortSignal.any([scene.signal, AbortSignal.timeout(TAKEN_MS)]));
  await isLetIn(scene, true);
}

async function edit({ ground, namespace, signal }: Scene, spec: object): Promise<void> {
  await ground.admin.mergePatch(AnweddolAccessToken, { namespace, name: TOKEN }, { spec }, { signal });
}

function isOver(scene: Scene): boolean {
  const { metadata, status } = tokenIn(scene) ?? {};
  return isSettled(scene) && Boolean(status?.secretName) && status?.observedGeneration === metadata?.generation;
}

function tokenIn({ history }: Scene): AnyObject | undefined {
  return history.get('AnweddolAccessToken', TOKEN)?.object;
}

/** O7: the token that the Secret holds, or held, opens the server, or does not. */
async function isLetIn(scene: Scene, wanted: boolean): Promise<void> {
  const until = Date.now() + TAKEN_MS;
  while (Date.now() < until) {
    // Its Secret may be seen later than its status: each kind has a watch of its own.
    const access_token = lastToken(scene);
    if (access_token && (await ask(scene, 'STAT', { access_token })).success === wanted) return;
    await sleep(AGAIN_MS, undefined, { signal: scene.signal });
  }
  scene.broken.push(wanted ? 'a token that was made is refused' : 'a token that is no more still opens the server');
}

function isOfToken({ object }: { object: AnyObject }): boolean {
  return object.metadata.ownerReferences?.[0]?.name === TOKEN;
}

function lastToken({ history }: Scene): string {
  const secret = history.versions.findLast((version) => version.kind === 'Secret' && isOfToken(version));
  const { token = '' } = (secret?.object.data ?? {}) as { token?: string };
  return Buffer.from(token, 'base64').toString('utf8');
}
