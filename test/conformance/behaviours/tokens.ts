import assert from 'node:assert/strict';
import { bot, userName } from '../accounts.ts';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace, pod } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const AUDIENCE = 'https://kubernetes.default.svc.cluster.local';

async function ask(world: World, spec: object, account = 'bot') {
  const path = inNamespace(world.namespace, 'serviceaccounts');
  await world.admin.post(path, { metadata: { name: 'bot' } });
  return world.admin.post(`${path}/${account}/token`, { spec });
}

async function tokenOf(world: World, spec: object): Promise<string> {
  return (await ask(world, spec)).body.status.token;
}

function claims(token: string): Json {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

async function review(world: World, token: string, audiences?: string[]): Promise<Json> {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  const { code, body } = await world.admin.post(path, { spec: { token, ...(audiences && { audiences }) } });
  assert.equal(code, 201);
  return body.status;
}

/** A pod of the account, and a reference to it. */
async function boundTo(world: World): Promise<{ kind: string; apiVersion: string; name: string; uid: string }> {
  await bot(world);
  const { body } = await world.admin.post(
    inNamespace(world.namespace, 'pods'),
    pod('one', { serviceAccountName: 'bot' }),
  );
  return { kind: 'Pod', apiVersion: 'v1', name: 'one', uid: body.metadata.uid };
}

export const tokens = chapter('tokens', {
  'a token is for the API server and an hour unless asked otherwise': async (world) => {
    const { code, body } = await ask(world, {});
    assert.deepEqual([code, body.kind, body.metadata.name], [201, 'TokenRequest', 'bot']);
    assert.deepEqual(body.spec, { audiences: [AUDIENCE], expirationSeconds: 3600, boundObjectRef: null });
    const { aud, exp, iat, sub, jti, ...rest } = claims(body.status.token);
    assert.deepEqual([aud, exp - iat, sub], [[AUDIENCE], 3600, userName(world)]);
    assert.match(jti, /^[0-9a-f-]{36}$/);
    const { namespace, serviceaccount } = rest['kubernetes.io'];
    assert.deepEqual([namespace, serviceaccount.name], [world.namespace, 'bot']);
    assert.equal(Date.parse(body.status.expirationTimestamp), exp * 1000);
  },
  'a token lasts as long as asked, from ten minutes to 2^32 seconds': async (world) => {
    assert.equal((await ask(world, { expirationSeconds: 600 })).body.spec.expirationSeconds, 600);
    const field = 'spec.expirationSeconds: Invalid value: ';
    assertInvalid(
      await ask(world, { expirationSeconds: 599 }),
      `${field}599: may not specify a duration less than 10 minutes`,
    );
    assertInvalid(
      await ask(world, { expirationSeconds: 2 ** 32 + 1 }),
      `${field}4294967297: may not specify a duration larger than 2^32 seconds`,
    );
  },
  'a token is for an account that there is': async (world) => {
    assertRefused(await ask(world, {}, 'nobody'), 404, 'NotFound', 'serviceaccounts "nobody" not found');
  },
  'a token for somebody else is not one for the API server': async (world) => {
    const token = await tokenOf(world, { audiences: ['example'] });
    assertRefused(await world.as(token).get('/version'), 401, 'Unauthorized', 'Unauthorized');
    assert.deepEqual((await review(world, token, ['example', 'other'])).audiences, ['example']);
    const { authenticated, error } = await review(world, token);
    assert.equal(authenticated, undefined);
    assert.equal(
      error,
      `[invalid bearer token, token audiences ["example"] is invalid for the target audiences ["${AUDIENCE}"]]`,
    );
  },
  'a review tells whose token it is': async (world) => {
    const { user, authenticated, audiences } = await review(world, await tokenOf(world, {}));
    assert.deepEqual([authenticated, audiences, user.username], [true, [AUDIENCE], userName(world)]);
    const groups = ['system:serviceaccounts', `system:serviceaccounts:${world.namespace}`, 'system:authenticated'];
    assert.deepEqual(user.groups, groups);
    assert.match(user.extra['authentication.kubernetes.io/credential-id'][0], /^JTI=[0-9a-f-]{36}$/);
  },
  'a review of what is no token says so': async (world) => {
    assert.deepEqual(await review(world, 'nope'), { user: {}, error: 'invalid bearer token' });
    const none = await world.admin.post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: {} });
    assertRefused(none, 400, 'BadRequest', 'token is required for TokenReview in authentication');
  },
  'a token that is bound to a pod names it, and ends with it': async (world) => {
    const boundObjectRef = await boundTo(world);
    const token = await tokenOf(world, { boundObjectRef });
    const { user } = await review(world, token);
    assert.deepEqual(user.extra['authentication.kubernetes.io/pod-name'], ['one']);
    assert.deepEqual(user.extra['authentication.kubernetes.io/pod-uid'], [boundObjectRef.uid]);
    await world.admin.delete(`${inNamespace(world.namespace, 'pods')}/one`);
    await world.eventually(async () => assert.equal((await world.as(token).get('/version')).code, 401));
  },
  'a token ends with its account': async (world) => {
    const { caller } = await bot(world);
    assert.equal((await caller.get('/version')).code, 200);
    await world.admin.delete(`${inNamespace(world.namespace, 'serviceaccounts')}/bot`);
    await world.eventually(async () => assert.equal((await caller.get('/version')).code, 401));
  },
  'a token is bound to what is there and belongs to the account': async (world) => {
    const reference = await boundTo(world);
    const bind = (change: object, account?: string) =>
      ask(world, { boundObjectRef: { ...reference, ...change } }, account);
    const uid = '00000000-0000-0000-0000-000000000000';
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    assertRefused(await bind({ uid }), 409, 'Conflict', `Operation cannot be fulfilled on Pod "one": ${why}`);
    assertRefused(await bind({ name: 'none' }), 404, 'NotFound', 'pods "none" not found');
    assertRefused(
      await bind({ kind: 'ConfigMap' }),
      400,
      'BadRequest',
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    );
    assertRefused(
      await bind({}, 'default'),
      400,
      'BadRequest',
      'cannot bind token for serviceaccount "default" to pod running with different serviceaccount name.',
    );
  },
  'a secret can be what a token is bound to': async (world) => {
    await world.admin.post(inNamespace(world.namespace, 'secrets'), { metadata: { name: 'anchor' } });
    const token = await tokenOf(world, { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'anchor' } });
    assert.equal((await world.as(token).get('/version')).code, 200);
    await world.admin.delete(`${inNamespace(world.namespace, 'secrets')}/anchor`);
    await world.eventually(async () => assert.equal((await world.as(token).get('/version')).code, 401));
  },
  'nobody is let in without a token, or with one that is wrong': async (world) => {
    for (const token of ['', 'nope', 'a.b.c']) {
      assertRefused(await world.as(token).get('/version'), 401, 'Unauthorized', 'Unauthorized');
    }
  },
});
