/** Servers and access tokens that are made again from what was saved of them: other objects, with the same identities. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { AnweddolAccessToken } from '../../src/api/resources.ts';
import { Secret } from '../../src/kube/resources.ts';
import { eventually, type Ground, type Life, NAMESPACE, raw, reasonIs, soon, startGround, stored } from './ground.ts';

let on: Ground;
let life: Life | undefined;
before(async () => {
  on = await startGround();
});
after(async () => {
  await life?.end();
  await on[Symbol.asyncDispose]();
});

async function operatorLives(): Promise<Life> {
  await life?.end();
  life = on.operator();
  return life;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const fingerprint = createHash('sha256')
  .update(publicKey.export({ type: 'spki', format: 'der' }))
  .digest('hex');

test('a server that is made again with the saved key as a Secret of its own has the fingerprint that clients know', async () => {
  await on.kube.create(Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: NAMESPACE, name: 'lab-identity' },
    stringData: { 'private.pem': pem },
  });
  await stored(on.kube, 'lab', { keys: { secretName: 'lab-identity' } });
  await reasonIs(await operatorLives(), 'lab', 'KeyReady', 'KeyPresent');
  const { status } = await raw(on.kube, 'lab');
  assert.equal((status?.publicKey as { sha256?: string } | undefined)?.sha256, fingerprint);
});

test('the Secret of an earlier server is not taken for that of a later one, and the message says what to do', async () => {
  const owner = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', name: 'again', controller: true };
  await on.kube.create(Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      namespace: NAMESPACE,
      name: 'again-key',
      ownerReferences: [{ ...owner, uid: 'of-the-earlier-server' }],
    },
    type: 'anweddol.io/rsa-key',
    stringData: { 'private.pem': pem },
  });
  await stored(on.kube, 'again', {});
  const message = await reasonIs(await operatorLives(), 'again', 'KeyReady', 'KeyInvalid');
  assert.match(message, /Secret again-key is in the way of a new key: delete it, or name it in keys\.secretName/);
});

const saved = 'cd'.repeat(32);
const tokenStatus = async (name: string) =>
  (await on.kube.get(AnweddolAccessToken, { namespace: NAMESPACE, name }))?.status;

async function tokenApplied(name: string, serverName: string): Promise<void> {
  await on.kube.create(AnweddolAccessToken, {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolAccessToken',
    metadata: { namespace: NAMESPACE, name },
    spec: { serverName },
  } as unknown as AnweddolAccessToken);
}

const hashRestored = (name: string) =>
  on.kube.mergePatch(
    AnweddolAccessToken,
    { namespace: NAMESPACE, name },
    { status: { sha256: saved } },
    { subresource: 'status' },
  );

const tokenIs = (running: Life, name: string, reason: string) =>
  running.caches.tokens.waitFor(
    (store) => store.get(`${NAMESPACE}/${name}`)?.status?.conditions?.some((one) => one.reason === reason) || undefined,
    soon(),
  );

/** What server pods take, as the list that is mounted into them says. */
async function taken(server: string): Promise<string[]> {
  const list = await on.kube.get(Secret, { namespace: NAMESPACE, name: `${server}-access-tokens` });
  const { tokens = [] } = JSON.parse(Buffer.from(list?.data?.['tokens.json'] ?? 'e30=', 'base64').toString());
  return tokens.map(({ sha256 }: { sha256: string }) => sha256);
}

test('a token whose hash is put back before the operator sees it is valid as it was, and no other is made', async () => {
  await life?.end();
  life = undefined;
  await stored(on.kube, 'members', { accessTokens: { required: true } });
  await tokenApplied('alice', 'members');
  await hashRestored('alice');
  await tokenIs(await operatorLives(), 'alice', 'TokenUsable');
  assert.equal((await tokenStatus('alice'))?.sha256, saved);
  assert.equal(await on.kube.get(Secret, { namespace: NAMESPACE, name: 'alice-token' }), undefined);
  await eventually(async () => assert.deepEqual(await taken('members'), [saved]));
});

test('without its hash a token is made anew, and the saved one is refused', async () => {
  const running = await operatorLives();
  await stored(on.kube, 'others', { accessTokens: { required: true } });
  await tokenApplied('carol', 'others');
  await tokenIs(running, 'carol', 'TokenUsable');
  const made = (await tokenStatus('carol'))?.sha256 ?? '';
  assert.notEqual(made, saved);
  await eventually(async () => assert.deepEqual(await taken('others'), [made]));
});
