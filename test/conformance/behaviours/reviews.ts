import assert from 'node:assert/strict';
import { bot, botWith, userName } from '../accounts.ts';
import type { ApiCaller, Json } from '../api-caller.ts';
import { chapter } from '../behaviour.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const PATH = '/apis/authorization.k8s.io/v1';
const SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] };

function can(caller: ApiCaller, spec: object) {
  return caller.post(`${PATH}/selfsubjectaccessreviews`, { spec });
}

export const reviews = chapter('reviews of access', {
  'one can ask what one may do': async (world) => {
    const caller = await botWith(world, { ...SECRETS, resourceNames: ['a'] });
    const { namespace } = world;
    const ask = (change: object) =>
      can(caller, { resourceAttributes: { namespace, resource: 'secrets', verb: 'get', ...change } });
    const yes = await ask({ name: 'a' });
    assert.deepEqual([yes.code, yes.body.kind], [201, 'SelfSubjectAccessReview']);
    assert.deepEqual(yes.body.status, {
      allowed: true,
      reason: `RBAC: allowed by RoleBinding "bot/${namespace}" of Role "bot" to ServiceAccount "bot/${namespace}"`,
    });
    assert.deepEqual((await ask({ verb: 'delete' })).body.status, { allowed: false });
    assert.deepEqual((await ask({ name: 'b' })).body.status, { allowed: false });
    const path = await can(caller, { nonResourceAttributes: { verb: 'get', path: '/version' } });
    assert.equal(path.body.status.allowed, true);
  },
  'a question about access is about a resource or a path': async ({ admin }) => {
    assertInvalid(
      await can(admin, {}),
      'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
    assertInvalid(
      await can(admin, {
        resourceAttributes: { verb: 'get', resource: 'pods' },
        nonResourceAttributes: { verb: 'get', path: '/x' },
      }),
      'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in combination with resourceAttributes',
    );
  },
  'one who may can ask what somebody else may do': async (world) => {
    const caller = await botWith(world, SECRETS);
    const resourceAttributes = { namespace: world.namespace, resource: 'secrets', verb: 'list' };
    const ask = (spec: object) =>
      world.admin.post(`${PATH}/subjectaccessreviews`, { spec: { resourceAttributes, ...spec } });
    const user = userName(world);
    await world.eventually(async () => assert.equal((await ask({ user })).body.status.allowed, true));
    assert.deepEqual((await ask({ user: 'nobody' })).body.status, { allowed: false });
    assert.equal((await ask({ user: 'nobody', groups: ['system:masters'] })).body.status.allowed, true);
    assertInvalid(await ask({}), 'spec.user: Invalid value: "": at least one of user or group must be specified');
    const refused = await caller.post(`${PATH}/subjectaccessreviews`, { spec: { user, resourceAttributes } });
    const why = `User "${user}" cannot create resource "subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope`;
    assertRefused(refused, 403, 'Forbidden', `subjectaccessreviews.authorization.k8s.io is forbidden: ${why}`);
  },
  'a local question is about its namespace': async (world) => {
    const path = `${PATH}/namespaces/${world.namespace}/localsubjectaccessreviews`;
    const ask = (namespace: string) =>
      world.admin.post(path, {
        spec: { user: 'nobody', resourceAttributes: { namespace, resource: 'pods', verb: 'get' } },
      });
    assert.deepEqual((await ask(world.namespace)).body.status, { allowed: false });
    assertInvalid(
      await ask('other'),
      'spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace',
    );
  },
  'one can ask for all one may do in a namespace': async (world) => {
    const caller = await botWith(world, SECRETS);
    const { code, body } = await caller.post(`${PATH}/selfsubjectrulesreviews`, {
      spec: { namespace: world.namespace },
    });
    assert.deepEqual([code, body.status.incomplete], [201, false]);
    const own = body.status.resourceRules.find(({ resources }: Json) => resources.includes('secrets'));
    assert.deepEqual(own, SECRETS);
    assert.ok(body.status.nonResourceRules.some(({ nonResourceURLs }: Json) => nonResourceURLs.includes('/version')));
    const none = await caller.post(`${PATH}/selfsubjectrulesreviews`, { spec: {} });
    assertRefused(none, 400, 'BadRequest', 'no namespace on request');
  },
  'one can ask who one is': async (world) => {
    const { caller } = await bot(world);
    const { code, body } = await caller.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
    assert.deepEqual([code, body.kind], [201, 'SelfSubjectReview']);
    const { username, groups } = body.status.userInfo;
    assert.equal(username, userName(world));
    assert.ok(groups.includes('system:authenticated'));
  },
  'questions are answered, not kept': async ({ admin }) => {
    const answer = await admin.get(`${PATH}/selfsubjectaccessreviews`);
    assertRefused(answer, 405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  },
});
