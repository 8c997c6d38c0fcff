import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AnweddolAccessToken, AnweddolServer } from '../../../../src/api/resources.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { Pod, Secret } from '../../../../src/kube/resources.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { mortalClient } from './mortal-client.ts';
import {
  applyServer,
  applyToken,
  createServerPod,
  type Ground,
  type Life,
  listOf,
  namespace,
  soon,
  startGround,
  tokenIs,
  until,
} from './token-ground.ts';

const MARK = 'anweddol.io/mounted-access-tokens';
let on: Ground;
let life: Life;

before(async () => {
  on = await startGround();
  life = on.live();
});
after(async () => {
  await life.end();
  await on[Symbol.asyncDispose]();
});

const listName = (server: string) => ({ namespace, name: `${server}-access-tokens` });

/** Which tokens the list of a server has, by name, disabled ones marked. */
async function namesOn(server: string): Promise<string[] | undefined> {
  const secret = await on.kube.get(Secret, listName(server));
  if (!secret) return undefined;
  const { tokens } = JSON.parse(Buffer.from(secret.data?.['tokens.json'] ?? '', 'base64').toString());
  return tokens.map(({ name, enabled = true }: { name: string; enabled?: boolean }) => (enabled ? name : `-${name}`));
}

const untilNames = (server: string, names: string[]) =>
  until(async () => JSON.stringify(await namesOn(server)) === JSON.stringify(names));

/** A client of which is known what it was asked to read by name. */
function readsOf(kube: KubeClient): { kube: KubeClient; reads: string[] } {
  const reads: string[] = [];
  const get: KubeClient['get'] = (resource, name, options) => {
    reads.push(name.name);
    return kube.get(resource, name, options);
  };
  return { kube: { ...kube, get }, reads };
}

const markOf = (pod: string) => life.caches.pods.get(`${namespace}/${pod}`)?.metadata.annotations?.[MARK];

test('a server that requires tokens has a list before it has a token, and it goes with the server', async () => {
  const { metadata } = await applyServer(on.kube, 'fresh', true);
  await untilNames('fresh', []);
  const secret = await on.kube.get(Secret, listName('fresh'));
  assert.equal(secret?.type, 'anweddol.io/token-list');
  assert.deepEqual(
    secret?.metadata.ownerReferences?.map(({ uid, controller }) => [uid, controller]),
    [[metadata.uid, true]],
  );
});

test('each server has its own tokens', async () => {
  await applyServer(on.kube, 'left', true);
  await applyServer(on.kube, 'right', true);
  await applyToken(on.kube, 'l1', { serverName: 'left' });
  await applyToken(on.kube, 'r1', { serverName: 'right' });
  await untilNames('left', ['l1']);
  await untilNames('right', ['r1']);
});

test('a token that is disabled is so in the list, one that is deleted is not in it', async () => {
  await applyServer(on.kube, 'strict', true);
  for (const name of ['s1', 's2']) await applyToken(on.kube, name, { serverName: 'strict' });
  await untilNames('strict', ['s1', 's2']);
  await applyToken(on.kube, 's1', { serverName: 'strict', enabled: false });
  await untilNames('strict', ['s2', '-s1']);
  await on.kube.delete(AnweddolAccessToken, { namespace, name: 's2' });
  await untilNames('strict', ['-s1']);
});

test('a token that only waits for its finalizers is not in the list', async () => {
  await applyServer(on.kube, 'final', true);
  await applyToken(on.kube, 'f1', { serverName: 'final' });
  await untilNames('final', ['f1']);
  const name = { namespace, name: 'f1' };
  await on.kube.mergePatch(AnweddolAccessToken, name, { metadata: { finalizers: ['example.org/wait'] } });
  await on.kube.delete(AnweddolAccessToken, name);
  await untilNames('final', []);
  await on.kube.mergePatch(AnweddolAccessToken, name, { metadata: { finalizers: [] } });
});

test('tokens are revoked while the server is paused too', async () => {
  await applyServer(on.kube, 'paused', true);
  await applyToken(on.kube, 'p1', { serverName: 'paused' });
  await untilNames('paused', ['p1']);
  await applyServer(on.kube, 'paused', true, { paused: true });
  await on.kube.delete(AnweddolAccessToken, { namespace, name: 'p1' });
  await untilNames('paused', []);
});

test('the list goes when tokens are no longer required, but not while a pod has it mounted', async () => {
  await applyServer(on.kube, 'relaxed', true);
  await untilNames('relaxed', []);
  const pod = await createServerPod(on.kube, 'relaxed', 'relaxed-1');
  await life.caches.pods.waitFor((store) => store.get(`${namespace}/relaxed-1`), soon());
  await applyServer(on.kube, 'relaxed', false);
  await applyToken(on.kube, 'x1', { serverName: 'relaxed' });
  await tokenIs(life, 'x1', 'TokenNotRequired');
  assert.ok(await on.kube.get(Secret, listName('relaxed')));
  await on.kube.delete(Pod, pod.metadata, { gracePeriodSeconds: 0 });
  await until(async () => !(await on.kube.get(Secret, listName('relaxed'))));
});

test('pods that were there before a change are marked, once; later ones have it mounted anyway', async () => {
  await applyServer(on.kube, 'marked', true);
  await untilNames('marked', []);
  await createServerPod(on.kube, 'marked', 'marked-1');
  await life.caches.pods.waitFor((store) => store.get(`${namespace}/marked-1`), soon());
  assert.equal(markOf('marked-1'), undefined);
  await applyToken(on.kube, 'm1', { serverName: 'marked' });
  await life.caches.pods.waitFor(() => markOf('marked-1'), soon());
  await life.end();

  const { kube, writes } = mortalClient(on.kube);
  life = on.live({ kube, clock: new FakeClock(Date.parse('2020-01-01T00:00:00Z')) });
  await applyToken(on.kube, 'm2', { serverName: 'marked' });
  await untilNames('marked', ['m1', 'm2']);
  await createServerPod(on.kube, 'marked', 'marked-2');
  await life.caches.pods.waitFor((store) => store.get(`${namespace}/marked-2`), soon());
  // When the second of these is in the list, the first one's reconcile, marks and all, is over.
  await applyToken(on.kube, 'm3', { serverName: 'marked' });
  await untilNames('marked', ['m1', 'm2', 'm3']);
  await applyToken(on.kube, 'm4', { serverName: 'marked' });
  await untilNames('marked', ['m1', 'm2', 'm3', 'm4']);
  await life.end();
  life = on.live();
  assert.deepEqual(
    writes.filter((write) => write.includes('Pod')),
    [],
  );
});

for (const [phase, isChange] of [
  ['Pending', false],
  ['Running', true],
] as const) {
  test(`a list that was not there is ${isChange ? 'a' : 'no'} change for a pod that is ${phase}`, async () => {
    const server = phase.toLowerCase();
    const { metadata } = await createServerPod(on.kube, server, `${server}-1`);
    await on.kube.mergePatch(Pod, metadata, { status: { phase } }, { subresource: 'status' });
    await life.caches.pods.waitFor(
      (store) => store.get(`${namespace}/${server}-1`)?.status?.phase === phase || undefined,
      soon(),
    );
    await applyServer(on.kube, server, true);
    await untilNames(server, []);
    const list = await on.kube.get(Secret, listName(server));
    assert.equal(list?.metadata.annotations?.['anweddol.io/changed-at'] !== undefined, isChange);
  });
}

test('a server that never asked for a list is not asked about', async () => {
  const { kube, reads } = readsOf(on.kube);
  await life.end();
  life = on.live({ kube });
  await applyServer(on.kube, 'open', false);
  await applyServer(on.kube, 'closed', true);
  await untilNames('closed', []);
  await applyServer(on.kube, 'closed', false);
  await until(async () => !(await on.kube.get(Secret, listName('closed'))));
  assert.ok(reads.includes('closed-access-tokens'));
  assert.ok(!reads.includes('open-access-tokens'));
});

test('an operator that dies between the list and the marks sets them when it starts again', async () => {
  await applyServer(on.kube, 'broken', true);
  await untilNames('broken', []);
  await createServerPod(on.kube, 'broken', 'broken-1');
  await life.caches.pods.waitFor((store) => store.get(`${namespace}/broken-1`), soon());
  await life.end();
  // The Secret of the token, its status, the list; then the mark.
  const mortal = mortalClient(on.kube, 4, 'before');
  const dying = on.live({ kube: mortal.kube });
  await applyToken(on.kube, 'b1', { serverName: 'broken' });
  await mortal.died;
  await dying.end();
  assert.equal(mortal.writes.at(-1), 'mergePatch Pod broken-1');
  life = on.live();
  await life.caches.pods.waitFor(() => markOf('broken-1'), soon());
});

test('somebody else’s Secret of the name of the list is left alone, and an Event says what to do', async () => {
  const data = { 'tokens.json': Buffer.from('{}').toString('base64') };
  await on.kube.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata: listName('mine'), data });
  await applyServer(on.kube, 'mine', true);
  const told = await until(async () => life.events.find(({ about }) => about.name === 'mine'));
  assert.equal(told.event.reason, 'TokenListTaken');
  assert.deepEqual((await on.kube.get(Secret, listName('mine')))?.data, data);
});

test('the list of an earlier server of the name is replaced', async () => {
  await applyServer(on.kube, 'reborn', true);
  await applyToken(on.kube, 'old', { serverName: 'reborn' });
  await untilNames('reborn', ['old']);
  await on.kube.delete(AnweddolServer, { namespace, name: 'reborn' });
  const { metadata } = await applyServer(on.kube, 'reborn', true);
  await until(async () => {
    const secret = await on.kube.get(Secret, listName('reborn'));
    return secret?.metadata.ownerReferences?.[0]?.uid === metadata.uid;
  });
  await untilNames('reborn', ['old']);
});

test('a list that somebody deletes is back when a pod waits for it', async () => {
  const clock = new FakeClock(Date.now());
  await life.end();
  life = on.live({ clock });
  await applyServer(on.kube, 'patient', true);
  await until(() => listOf(on.kube, 'patient'));
  await createServerPod(on.kube, 'patient', 'patient-1');
  await life.caches.pods.waitFor((store) => store.get(`${namespace}/patient-1`), soon());
  await on.kube.delete(Secret, listName('patient'));
  await clock.untilPending(1);
  await clock.advance(60_000);
  await until(() => listOf(on.kube, 'patient'));
});
