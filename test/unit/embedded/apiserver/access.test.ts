import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FakeClock } from '../../../support/fake-clock.ts';
import { Api, CONFIG_MAPS, configMap } from './api-fixture.ts';

const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';

function role(name: string, rules: object[]): object {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules };
}

function binding(name: string, roleName: string, account: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'default' }],
  };
}

describe('access', () => {
  let api: Api;
  let token: string;
  const clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));

  const tokenFor = async (account: string, spec: object = {}): Promise<string> => {
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
    return (await api.post(`${ACCOUNTS}/${account}/token`, request)).body.status.token;
  };

  before(async () => {
    api = await Api.start({ clock });
    await api.post(ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'worker' } });
    await api.post(
      ROLES,
      role('worker', [
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create'] },
        { apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'], verbs: ['get'] },
        { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create'] },
      ]),
    );
    await api.post(BINDINGS, binding('worker', 'worker', 'worker'));
    token = await tokenFor('worker');
  });
  after(() => api.close());

  test('nobody without a token is let in', async () => {
    for (const bad of ['', 'garbage', 'a.b.c']) {
      const { code, body } = await api.get('/version', { token: bad });
      assert.deepEqual([code, body.reason, body.message], [401, 'Unauthorized', 'Unauthorized']);
    }
  });

  test('a token ends with its time, its ServiceAccount and its pod', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { serviceAccountName: 'gone', containers: [{ name: 'c', image: 'x' }] },
    };
    await api.post(ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'gone' } });
    await api.post('/api/v1/namespaces/default/pods', pod);
    const short = await tokenFor('gone', { expirationSeconds: 600 });
    const bound = await tokenFor('gone', { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } });
    const long = await tokenFor('gone', { expirationSeconds: 7200 });
    const codes = async () =>
      Promise.all([short, bound, long].map(async (each) => (await api.get('/version', { token: each })).code));
    assert.deepEqual(await codes(), [200, 200, 200]);
    await clock.advance(601_000);
    assert.deepEqual(await codes(), [401, 200, 200]);
    await api.delete('/api/v1/namespaces/default/pods/p');
    assert.deepEqual(await codes(), [401, 401, 200]);
    await api.delete(`${ACCOUNTS}/gone`);
    assert.deepEqual(await codes(), [401, 401, 401]);
  });

  test('what a role grants is allowed, everything else is forbidden by name', async () => {
    assert.equal((await api.post(CONFIG_MAPS, configMap('granted'), { token })).code, 201);
    const { code, body } = await api.get(`${CONFIG_MAPS}?limit=1`, { token });
    assert.deepEqual([code, body.reason], [403, 'Forbidden']);
    assert.equal(
      body.message,
      'configmaps is forbidden: User "system:serviceaccount:default:worker" cannot list resource "configmaps" in API group "" in the namespace "default"',
    );
  });

  test('a right for named objects is one for these objects', async () => {
    assert.equal((await api.get('/api/v1/namespaces/default/secrets/mine', { token })).code, 404);
    const { code, body } = await api.get('/api/v1/namespaces/default/secrets/other', { token });
    assert.equal(code, 403);
    assert.match(body.message, /^secrets "other" is forbidden: .* cannot get resource "secrets"/);
  });

  test('a right for a resource is none for its subresources, nor in other namespaces', async () => {
    const pod = await api.get('/api/v1/namespaces/default/pods/p/log', { token });
    assert.match(pod.body.message, /cannot get resource "pods\/log"/);
    const elsewhere = await api.get('/api/v1/namespaces/kube-system/configmaps/x', { token });
    assert.equal(elsewhere.code, 403);
    const everywhere = await api.get('/api/v1/nodes', { token });
    assert.match(everywhere.body.message, /cannot list resource "nodes" in API group "" at the cluster scope$/);
  });

  test('everybody with a token may discover', async () => {
    for (const path of ['/version', '/api', '/apis', '/openapi/v3', '/readyz']) {
      assert.equal((await api.get(path, { token })).code, 200, path);
    }
    const { code, body } = await api.get('/metrics', { token });
    assert.deepEqual(
      [code, body.message],
      [403, 'forbidden: User "system:serviceaccount:default:worker" cannot get path "/metrics"'],
    );
  });

  test('nobody grants what they do not hold', async () => {
    const held = role('held', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]);
    assert.equal((await api.post(ROLES, held, { token })).code, 201);
    const more = role('more', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }]);
    const { code, body } = await api.post(ROLES, more, { token });
    assert.equal(code, 403);
    assert.match(
      body.message,
      /is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get" "list"\]\}$/,
    );
    await api.post(ROLES, more);
    const bound = await api.post(BINDINGS, binding('more', 'more', 'worker'), { token });
    assert.equal(bound.code, 403);
    assert.match(bound.body.message, /^rolebindings.rbac.authorization.k8s.io "more" is forbidden/);
  });

  test('a review tells what its asker may do', async () => {
    const ask = async (verb: string) => {
      const spec = { resourceAttributes: { verb, resource: 'configmaps', namespace: 'default' } };
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
      return (await api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, { token })).body.status
        .allowed;
    };
    assert.deepEqual([await ask('get'), await ask('delete')], [true, false]);
  });
});
