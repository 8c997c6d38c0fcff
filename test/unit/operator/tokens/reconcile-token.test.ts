import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { AnweddolAccessToken, AnweddolServer } from '../../../../src/api/resources.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import { Secret } from '../../../../src/kube/resources.ts';
import { reconcileToken } from '../../../../src/operator/tokens/reconcile-token.ts';
import { TokenLists } from '../../../../src/operator/tokens/token-lists.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { AccessTokens } from '../../../../src/server/access/access-tokens.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import {
  applyServer,
  applyToken,
  type Ground,
  type Life,
  listOf,
  namespace,
  soon,
  startGround,
  textOf,
  tokenIs,
  until,
} from './token-ground.ts';

let on: Ground;
let life: Life;

before(async () => {
  on = await startGround();
  life = on.live();
  await applyServer(on.kube, 'lab', true);
});
after(async () => {
  await life.end();
  await on[Symbol.asyncDispose]();
});

const secretName = (name: string) => ({ namespace, name: `${name}-token` });
const remove = (name: string) => on.kube.delete(AnweddolAccessToken, { namespace, name });

test('a token is made once, into an immutable Secret that goes with it, and servers take it', async () => {
  const made = await applyToken(on.kube, 'friend', { serverName: 'lab' });
  const { status } = await tokenIs(life, 'friend', 'TokenUsable');
  const secret = await on.kube.get(Secret, secretName('friend'));
  assert.deepEqual([secret?.immutable, secret?.type], [true, 'anweddol.io/access-token']);
  assert.equal(Buffer.from(secret?.data?.server ?? '', 'base64').toString(), 'lab');
  const [owner] = secret?.metadata.ownerReferences ?? [];
  assert.deepEqual([owner?.uid, owner?.controller], [made.metadata.uid, true]);
  const text = (await textOf(on.kube, 'friend')) ?? '';
  assert.equal(status?.secretName, 'friend-token');
  assert.equal(status?.sha256, createHash('sha256').update(text).digest('hex'));
  const list = await until(async () => {
    const entries = await listOf(on.kube, 'lab');
    return entries?.some(({ sha256 }) => sha256 === status?.sha256) && entries;
  });
  assert.equal(new AccessTokens(list, systemClock).isValid(text), true);
});

test('the token stands nowhere but in its Secret', async () => {
  await applyToken(on.kube, 'quiet', { serverName: 'lab' });
  await tokenIs(life, 'quiet', 'TokenUsable');
  const text = (await textOf(on.kube, 'quiet')) ?? '';
  assert.equal(text.length, 124);
  const list = await on.kube.get(Secret, { namespace, name: 'lab-access-tokens' });
  const elsewhere = [
    await on.kube.list(AnweddolAccessToken, { namespace }),
    await on.kube.list(AnweddolServer, { namespace }),
    Buffer.from(list?.data?.['tokens.json'] ?? '', 'base64').toString(),
    life.lines,
    life.events,
  ];
  for (const shown of [text, Buffer.from(text).toString('base64')]) {
    assert.equal(JSON.stringify(elsewhere).includes(shown), false);
  }
});

test('a Secret that its reader deletes is not made again, and the token stays good', async () => {
  await applyToken(on.kube, 'shown', { serverName: 'lab' });
  const { status } = await tokenIs(life, 'shown', 'TokenUsable');
  await on.kube.delete(Secret, secretName('shown'));
  await applyToken(on.kube, 'shown', { serverName: 'lab', description: 'touched' });
  const touched = await life.caches.tokens.waitFor((store) => {
    const token = store.get(`${namespace}/shown`);
    return token?.status?.observedGeneration === 2 ? token : undefined;
  }, soon());
  assert.equal(touched.status?.sha256, status?.sha256);
  assert.equal(touched.status?.conditions?.[0]?.reason, 'TokenUsable');
  assert.equal(await on.kube.get(Secret, secretName('shown')), undefined);
});

test('a cache that does not show yet that the token was made does not get it made again', async () => {
  const stale = await applyToken(on.kube, 'stale', { serverName: 'lab' });
  const { status } = await tokenIs(life, 'stale', 'TokenUsable');
  await on.kube.delete(Secret, secretName('stale'));
  const log = pino({ level: 'silent' });
  const tokens = new ObjectStore<AnweddolAccessToken>({ log });
  tokens.replace([stale]);
  const context = {
    kube: on.kube,
    clock: systemClock,
    log,
    caches: { ...life.caches, tokens },
    events: { event() {} },
  };
  await reconcileToken(`${namespace}/stale`, context, new TokenLists(), soon());
  assert.equal(await on.kube.get(Secret, secretName('stale')), undefined);
  assert.equal((await on.kube.get(AnweddolAccessToken, stale.metadata))?.status?.sha256, status?.sha256);
});

test('two tokens that are made at once are two', async () => {
  await Promise.all(['one', 'two'].map((name) => applyToken(on.kube, name, { serverName: 'lab' })));
  const both = await Promise.all(['one', 'two'].map((name) => tokenIs(life, name, 'TokenUsable')));
  const hashes = both.map(({ status }) => status?.sha256);
  assert.equal(new Set(hashes).size, 2);
  await until(async () => {
    const listed = new Set((await listOf(on.kube, 'lab'))?.map(({ sha256 }) => sha256));
    return hashes.every((hash) => listed.has(hash ?? ''));
  });
});

test('a token for a server that is missing says so, and is good when the server comes', async () => {
  await applyToken(on.kube, 'early', { serverName: 'later' });
  const { status } = await tokenIs(life, 'early', 'ServerMissing');
  assert.match(status?.sha256 ?? '', /^[0-9a-f]{64}$/);
  await applyServer(on.kube, 'later', true);
  await tokenIs(life, 'early', 'TokenUsable');
  await on.kube.delete(AnweddolServer, { namespace, name: 'later' });
  await tokenIs(life, 'early', 'ServerMissing');
});

test('a token says when its server requires none any more', async () => {
  await applyServer(on.kube, 'open', false);
  await applyToken(on.kube, 'visitor', { serverName: 'open' });
  await tokenIs(life, 'visitor', 'TokenNotRequired');
  await applyServer(on.kube, 'open', true);
  await tokenIs(life, 'visitor', 'TokenUsable');
});

test('the time of a transition is that of the change of the status, and of no other change', async () => {
  await applyToken(on.kube, 'turning', { serverName: 'lab' });
  const usable = await tokenIs(life, 'turning', 'TokenUsable');
  const at = (token: AnweddolAccessToken) => token.status?.conditions?.[0]?.lastTransitionTime;
  await on.kube.mergePatch(AnweddolAccessToken, usable.metadata, { spec: { enabled: false } });
  const disabled = await tokenIs(life, 'turning', 'TokenDisabled');
  await on.kube.mergePatch(AnweddolAccessToken, usable.metadata, { spec: { expiresAt: '2020-01-01T00:00:00Z' } });
  await on.kube.mergePatch(AnweddolAccessToken, usable.metadata, { spec: { enabled: true } });
  const expired = await tokenIs(life, 'turning', 'TokenExpired');
  assert.equal(at(expired), at(disabled));
  assert.notEqual(at(disabled), at(usable));
});

test('somebody else’s Secret of the name is left alone, and the token says what to do', async () => {
  const metadata = secretName('taken');
  const data = { token: Buffer.from('x'.repeat(124)).toString('base64') };
  await on.kube.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata, type: 'anweddol.io/access-token', data });
  await applyToken(on.kube, 'taken', { serverName: 'lab' });
  const { status } = await tokenIs(life, 'taken', 'TokenSecretTaken');
  assert.equal(status?.sha256, undefined);
  assert.match(status?.conditions?.[0]?.message ?? '', /taken-token .*delete it/);
  assert.deepEqual((await on.kube.get(Secret, metadata))?.data, data);
  await on.kube.delete(Secret, metadata);
  await applyToken(on.kube, 'taken', { serverName: 'lab', description: 'tried again' });
  await tokenIs(life, 'taken', 'TokenUsable');
});

test('a token of the name of an earlier one is another, though the Secret of that is still there', async () => {
  await applyToken(on.kube, 'again', { serverName: 'lab' });
  const first = await tokenIs(life, 'again', 'TokenUsable');
  // Nobody collects garbage here.
  await remove('again');
  await life.caches.tokens.waitFor((store) => !store.get(`${namespace}/again`) || undefined, soon());
  const { metadata } = await applyToken(on.kube, 'again', { serverName: 'lab' });
  const second = await life.caches.tokens.waitFor((store) => {
    const token = store.get(`${namespace}/again`);
    return token?.metadata.uid === metadata.uid && token?.status?.sha256 ? token : undefined;
  }, soon());
  assert.notEqual(second.status?.sha256, first.status?.sha256);
  const secret = await on.kube.get(Secret, secretName('again'));
  assert.equal(secret?.metadata.ownerReferences?.[0]?.uid, metadata.uid);
});

test('a token whose hash is lost with its Secret is not made a second time', async () => {
  await applyToken(on.kube, 'lost', { serverName: 'lab' });
  const { metadata } = await tokenIs(life, 'lost', 'TokenUsable');
  await on.kube.delete(Secret, secretName('lost'));
  await on.kube.mergePatch(AnweddolAccessToken, metadata, { status: { sha256: null } }, { subresource: 'status' });
  const { status } = await tokenIs(life, 'lost', 'TokenSecretLost');
  assert.equal(status?.sha256, undefined);
  assert.equal(await on.kube.get(Secret, secretName('lost')), undefined);
});

test('a stored spec that nobody understands is told, and the token is not in force', async () => {
  // What the API server takes for a time, and this release does not.
  await applyToken(on.kube, 'strange', { serverName: 'lab' });
  const { status } = await tokenIs(life, 'strange', 'TokenUsable');
  await applyToken(on.kube, 'strange', { serverName: 'lab', expiresAt: '2030-01-01t00:00:00z' });
  const strange = await tokenIs(life, 'strange', 'SpecInvalid');
  assert.equal(strange.status?.sha256, status?.sha256);
  await until(async () => {
    const entries = await listOf(on.kube, 'lab');
    return entries && !entries.some(({ sha256 }) => sha256 === status?.sha256);
  });
});

test('a token expires when its time has come, without anybody touching it', async () => {
  const clock = new FakeClock(Date.parse('2026-06-01T00:00:00Z'));
  await life.end();
  const slow = on.live({ clock });
  try {
    await applyToken(on.kube, 'brief', { serverName: 'lab', expiresAt: '2026-06-01T01:00:00Z' });
    await tokenIs(slow, 'brief', 'TokenUsable');
    await clock.advance(59 * 60_000);
    assert.equal(slow.caches.tokens.get(`${namespace}/brief`)?.status?.conditions?.[0]?.reason, 'TokenUsable');
    await clock.advance(60_000);
    const { status } = await tokenIs(slow, 'brief', 'TokenExpired');
    assert.equal(status?.conditions?.[0]?.lastTransitionTime, '2026-06-01T01:00:00.000Z');
  } finally {
    await slow.end();
    life = on.live();
  }
});
