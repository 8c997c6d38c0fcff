import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type * as z from 'zod';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import type { Keys } from '../../../../src/api/server/keys.ts';
import { type Deployment, type Pod, Secret } from '../../../../src/kube/resources.ts';
import { ensureKey } from '../../../../src/operator/keys/ensure-key.ts';
import type { KeyFinding } from '../../../../src/operator/keys/key-finding.ts';
import { keySecret } from '../../../../src/operator/keys/key-secret.ts';
import { type Cluster, PreparedPairs, Process, rolledOut, sample, signal, startCluster, told } from './step-fixture.ts';

const pairs = Array.from({ length: 4 }, () => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privatePem: pair.privateKey, publicPem: pair.publicKey };
});
const [pairA, pairB] = pairs;
assert.ok(pairA && pairB);
let cluster: Cluster;
let operator: Process;
let server: AnweddolServer;
let deployment: Deployment | undefined;

before(async () => {
  cluster = await startCluster();
});
after(() => cluster[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const name of await cluster.secrets()) await cluster.kube.delete(Secret, { namespace: 'anweddol', name });
  operator = new Process(cluster.kube, new PreparedPairs(pairs));
  server = sample();
  deployment = undefined;
});

function ask(keys: z.input<typeof Keys>): void {
  server = { ...server, spec: sample({ keys }).spec };
}

/** One reconcile, as far as keys are concerned; its status is stored. */
async function step(): Promise<KeyFinding> {
  const key = await ensureKey(server, { deployment }, operator, signal);
  server = told(server, { key }, operator.clock.now());
  return key;
}

/** Until nothing changes any more. */
async function settle(): Promise<KeyFinding> {
  for (;;) {
    const earlier = JSON.stringify(server.status?.publicKey);
    const key = await step();
    if (JSON.stringify(server.status?.publicKey) === earlier) return key;
  }
}

/** Server pods with this key take the place of those before. */
function roll(key: KeyFinding): void {
  const rolled = rolledOut(server, { key });
  deployment = rolled.deployment;
  operator.pods.replace(rolled.pods);
}

const secret = (name: string) => cluster.kube.get(Secret, { namespace: 'anweddol', name });

test('the name of a key is in the status before its Secret is made', async () => {
  const first = await step();
  assert.deepEqual(
    [first.status, first.reason, first.next, first.sha256],
    ['Unknown', 'KeyPending', 'lab-key', undefined],
  );
  assert.deepEqual(server.status?.publicKey, { nextSecretName: 'lab-key' });
  assert.deepEqual(await cluster.secrets(), []);
  const second = await step();
  assert.deepEqual([second.status, second.reason, second.secretName], ['True', 'KeyPresent', 'lab-key']);
  assert.deepEqual(server.status?.publicKey, { sha256: second.sha256, secretName: 'lab-key' });
});

test('the Secret of a key is immutable, of its own type, and owned by the server', async () => {
  ask({ rotation: 7 });
  await settle();
  const made = await secret('lab-key-7');
  assert.deepEqual([made?.immutable, made?.type], [true, 'anweddol.io/rsa-key']);
  const [owner] = made?.metadata.ownerReferences ?? [];
  assert.deepEqual([owner?.uid, owner?.controller], [server.metadata.uid, true]);
  assert.deepEqual(Object.keys(made?.data ?? {}).sort(), ['private.pem', 'public.pem']);
});

for (const bits of [2048, 3072, 4096] as const) {
  test(`a key of ${bits} bits is one of ${bits} bits`, async () => {
    operator = new Process(cluster.kube);
    ask({ bits });
    await settle();
    const { data = {} } = (await secret('lab-key')) ?? {};
    const pem = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
    for (const key of [createPrivateKey(pem('private.pem')), createPublicKey(pem('public.pem'))]) {
      assert.deepEqual([key.asymmetricKeyType, key.asymmetricKeyDetails?.modulusLength], ['rsa', bits]);
    }
  });
}

test('a key that is known costs no request', async () => {
  await settle();
  const before = cluster.requests().length;
  for (let i = 0; i < 5; i += 1) await step();
  assert.equal(cluster.requests().length, before);
});

test('a key that somebody has deleted is made anew within ten minutes, and the one before is told', async () => {
  const { sha256 = '' } = await settle();
  roll(await step());
  await cluster.kube.delete(Secret, { namespace: 'anweddol', name: 'lab-key' });
  await operator.clock.advance(600_000);
  const key = await step();
  assert.deepEqual([key.reason, key.previous], ['KeyRotating', { secretName: 'lab-key', sha256 }]);
  assert.notEqual(key.sha256, sha256);
});

test('another rotation is another key; both are told until the last pod has it, and then the first is deleted', async () => {
  const old = await settle();
  roll(old);
  ask({ rotation: 1 });
  const key = await settle();
  assert.deepEqual([key.status, key.reason, key.secretName], ['True', 'KeyRotating', 'lab-key-1']);
  assert.deepEqual(server.status?.publicKey, {
    sha256: key.sha256,
    secretName: 'lab-key-1',
    previousSha256: old.sha256,
    previousSecretName: 'lab-key',
  });
  const rolled = rolledOut(server, { key });
  const { status } = rolled.deployment;
  const oldPods = operator.pods.list();
  const stages: [string, Deployment, Pod[]][] = [
    ['not observed', { ...rolled.deployment, status: { ...status, observedGeneration: 2 } }, rolled.pods],
    ['one not updated', { ...rolled.deployment, status: { ...status, updatedReplicas: 1 } }, rolled.pods],
    ['one not ready', { ...rolled.deployment, status: { ...status, readyReplicas: 1 } }, rolled.pods],
    ['one still ending', rolled.deployment, [...rolled.pods, ...oldPods.slice(0, 1)]],
  ];
  for (const [stage, state, pods] of stages) {
    deployment = state;
    operator.pods.replace(pods);
    assert.equal((await settle()).reason, 'KeyRotating', stage);
    assert.deepEqual(await cluster.secrets(), ['lab-key', 'lab-key-1'], stage);
  }
  roll(key);
  const after = await settle();
  assert.deepEqual([after.reason, after.previous], ['KeyPresent', undefined]);
  assert.deepEqual(server.status?.publicKey, { sha256: key.sha256, secretName: 'lab-key-1' });
  assert.deepEqual(await cluster.secrets(), ['lab-key-1']);
});

test('a second rotation before the first is through leaves the key that pods have, and deletes the one between', async () => {
  const first = await settle();
  roll(first);
  ask({ rotation: 1 });
  await settle();
  ask({ rotation: 2 });
  const third = await settle();
  assert.deepEqual(third.previous, { secretName: 'lab-key', sha256: first.sha256 });
  assert.deepEqual(await cluster.secrets(), ['lab-key', 'lab-key-2']);
  roll(third);
  await settle();
  assert.deepEqual(await cluster.secrets(), ['lab-key-2']);
});

test('a key of your own takes the place of the one that was made, and the other way round; yours is never deleted', async () => {
  roll(await settle());
  const yours = await cluster.putSecret('mine', { 'private.pem': pairB.privatePem });
  ask({ secretName: 'mine' });
  const given = await settle();
  assert.deepEqual([given.reason, given.secretName], ['KeyRotating', 'mine']);
  roll(given);
  await settle();
  assert.deepEqual(await cluster.secrets(), ['mine']);
  ask({});
  roll(await settle());
  assert.equal((await settle()).reason, 'KeyPresent');
  assert.deepEqual(await cluster.secrets(), ['lab-key', 'mine']);
  assert.deepEqual(await secret('mine'), yours);
});

test('a Secret of yours that is named like one of the operator is not deleted', async () => {
  await cluster.putSecret('lab-key-9', { 'private.pem': pairB.privatePem });
  ask({ secretName: 'lab-key-9' });
  roll(await settle());
  ask({});
  roll(await settle());
  await settle();
  assert.deepEqual(await cluster.secrets(), ['lab-key', 'lab-key-9']);
});

test('a onetime key has no Secret and no fingerprint, and the one before goes when no pod has it', async () => {
  const old = await settle();
  roll(old);
  ask({ onetime: true });
  const key = await settle();
  assert.deepEqual([key.status, key.reason, key.secretName, key.sha256], ['True', 'KeyOnetime', undefined, undefined]);
  assert.deepEqual(server.status?.publicKey, { previousSha256: old.sha256, previousSecretName: 'lab-key' });
  assert.deepEqual(await cluster.secrets(), ['lab-key']);
  roll(key);
  await settle();
  assert.deepEqual([await cluster.secrets(), server.status?.publicKey], [[], undefined]);
});

test('a key of yours that is missing is looked for every 10 seconds, after five minutes every minute', async () => {
  ask({ secretName: 'mine' });
  const key = await step();
  assert.deepEqual([key.status, key.reason, key.secretName, key.againMs], ['False', 'KeyMissing', undefined, 10_000]);
  assert.equal(key.message, 'Secret mine is missing: create it with an RSA private key as PEM under private.pem');
  await operator.clock.advance(300_000);
  assert.equal((await step()).againMs, 60_000);
  await cluster.putSecret('mine', { 'private.pem': pairA.privatePem });
  await operator.clock.advance(60_000);
  assert.equal((await step()).reason, 'KeyPresent');
});

test('while a key of yours is of no use, server pods keep the one that they have', async () => {
  const old = await settle();
  roll(old);
  await cluster.putSecret('mine', { 'private.pem': 'hunter2' });
  ask({ secretName: 'mine' });
  const key = await settle();
  assert.deepEqual([key.status, key.reason], ['False', 'KeyInvalid']);
  assert.deepEqual([key.secretName, key.sha256], ['lab-key', old.sha256]);
  assert.match(
    key.message,
    /^private\.pem in Secret mine is no private key: .*; server pods keep the key in Secret lab-key$/,
  );
  assert.doesNotMatch(JSON.stringify(server.status), /hunter2/);
  assert.deepEqual(await cluster.secrets(), ['lab-key', 'mine']);
});

test('another key under the same name is another fingerprint after five minutes', async () => {
  await cluster.putSecret('mine', { 'private.pem': pairA.privatePem });
  ask({ secretName: 'mine' });
  const old = await settle();
  assert.equal(old.againMs, 300_000);
  roll(old);
  await cluster.putSecret('mine', { 'private.pem': pairB.privatePem });
  await operator.clock.advance(299_999);
  assert.equal((await step()).sha256, old.sha256);
  await operator.clock.advance(1);
  const key = await step();
  assert.notEqual(key.sha256, old.sha256);
  assert.deepEqual(key.previous, { secretName: 'mine', sha256: old.sha256 });
  roll(key);
  assert.equal((await settle()).reason, 'KeyPresent');
  assert.deepEqual(await cluster.secrets(), ['mine']);
});

test('a damaged key of the operator is told, and another rotation mends it', async () => {
  const damaged = keySecret(server, { privatePem: pairA.privatePem, publicPem: pairB.publicPem });
  await cluster.kube.create(Secret, damaged);
  const key = await settle();
  assert.deepEqual([key.status, key.reason, key.secretName], ['False', 'KeyInvalid', undefined]);
  assert.match(key.message, /do not belong together\): count up keys\.rotation for a new key$/);
  ask({ rotation: 1 });
  assert.deepEqual([(await settle()).reason, server.status?.publicKey?.secretName], ['KeyPresent', 'lab-key-1']);
  assert.deepEqual(await cluster.secrets(), ['lab-key-1']);
});

test('a Secret of somebody else under the name of a key is left alone', async () => {
  const theirs = await cluster.putSecret('lab-key', { 'private.pem': pairA.privatePem });
  const key = await settle();
  assert.deepEqual([key.status, key.reason], ['False', 'KeyInvalid']);
  assert.match(key.message, /Secret lab-key is in the way of a new key: delete it, or name it in keys\.secretName/);
  assert.deepEqual(await secret('lab-key'), theirs);
});
