import assert from 'node:assert/strict';
import { bot, botWith, roleBindings, roles, userName } from '../accounts.ts';
import { chapter } from '../behaviour.ts';
import { inNamespace, pod } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const RBAC = 'rbac.authorization.k8s.io';
const GRANTED = 'is attempting to grant RBAC permissions not currently held:';

export const access = chapter('access', {
  'everybody with a token may look at discovery, health and version': async (world) => {
    const { caller } = await bot(world);
    for (const path of [
      '/api',
      '/apis',
      '/api/v1',
      '/apis/apps/v1',
      '/openapi/v3',
      '/version',
      '/healthz',
      '/livez',
      '/readyz',
    ]) {
      assert.equal((await caller.get(path)).code, 200, path);
    }
  },
  'what nobody has granted is forbidden, with what it would take': async (world) => {
    const { caller } = await bot(world);
    const { namespace } = world;
    const who = `User "${userName(world)}" cannot`;
    const here = `in the namespace "${namespace}"`;
    const refusals: [string, string, string][] = [
      ['GET', inNamespace(namespace, 'pods'), `pods is forbidden: ${who} list resource "pods" in API group "" ${here}`],
      [
        'GET',
        `${inNamespace(namespace, 'pods')}/x`,
        `pods "x" is forbidden: ${who} get resource "pods" in API group "" ${here}`,
      ],
      [
        'GET',
        `${inNamespace(namespace, 'pods')}?watch=true`,
        `pods is forbidden: ${who} watch resource "pods" in API group "" ${here}`,
      ],
      [
        'POST',
        inNamespace(namespace, 'secrets'),
        `secrets is forbidden: ${who} create resource "secrets" in API group "" ${here}`,
      ],
      [
        'DELETE',
        inNamespace(namespace, 'pods'),
        `pods is forbidden: ${who} deletecollection resource "pods" in API group "" ${here}`,
      ],
      ['GET', '/api/v1/pods', `pods is forbidden: ${who} list resource "pods" in API group "" at the cluster scope`],
      [
        'GET',
        '/api/v1/nodes/x',
        `nodes "x" is forbidden: ${who} get resource "nodes" in API group "" at the cluster scope`,
      ],
      [
        'GET',
        `${inNamespace(namespace, 'deployments', 'apps')}/x/scale`,
        `deployments.apps "x" is forbidden: ${who} get resource "deployments/scale" in API group "apps" ${here}`,
      ],
      [
        'GET',
        `/api/v1/namespaces/${namespace}`,
        `namespaces "${namespace}" is forbidden: ${who} get resource "namespaces" in API group "" ${here}`,
      ],
      [
        'GET',
        '/apis/none.example.com/v1/things',
        `things.none.example.com is forbidden: ${who} list resource "things" in API group "none.example.com" at the cluster scope`,
      ],
      ['GET', '/metrics', `forbidden: ${who} get path "/metrics"`],
    ];
    for (const [method, path, message] of refusals) {
      assertRefused(await caller.call(method, path, method === 'POST' ? { body: {} } : {}), 403, 'Forbidden', message);
    }
  },
  'a role allows its verbs on its resources, in its namespace': async (world) => {
    const caller = await botWith(world, { apiGroups: [''], resources: ['secrets'], verbs: ['create', 'list'] });
    const path = inNamespace(world.namespace, 'secrets');
    assert.equal((await caller.post(path, { metadata: { name: 'one' } })).code, 201);
    assert.equal((await caller.get(path)).code, 200);
    assert.equal((await caller.get(`${path}/one`)).code, 403);
    assert.equal((await caller.get(inNamespace('default', 'secrets'))).code, 403);
  },
  'a right to certain names reaches lists and watches of one of them': async (world) => {
    const rule = {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: ['one'],
      verbs: ['get', 'list', 'watch', 'update'],
    };
    const caller = await botWith(world, rule);
    const path = inNamespace(world.namespace, 'secrets');
    await world.admin.post(path, { metadata: { name: 'one' } });
    assert.equal((await caller.get(`${path}/one`)).code, 200);
    assert.equal((await caller.get(`${path}/two`)).code, 403);
    assert.equal((await caller.get(`${path}?fieldSelector=metadata.name%3Done`)).code, 200);
    assert.equal((await caller.get(`${path}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Done`)).code, 200);
    assert.equal((await caller.get(`${path}?fieldSelector=metadata.name!%3Done`)).code, 403);
    assert.equal((await caller.get(path)).code, 403);
  },
  'a right to a resource is none to its parts, and the other way round': async (world) => {
    const caller = await botWith(
      world,
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: [''], resources: ['services/status'], verbs: ['patch'] },
    );
    const pods = inNamespace(world.namespace, 'pods');
    const services = inNamespace(world.namespace, 'services');
    await world.admin.post(pods, pod('one'));
    await world.admin.post(services, { metadata: { name: 'one' }, spec: { ports: [{ port: 80 }] } });
    assert.equal((await caller.get(`${pods}/one`)).code, 200);
    assert.equal((await caller.get(`${pods}/one/status`)).code, 403);
    const change = { metadata: { labels: { a: 'b' } } };
    assert.equal((await caller.mergePatch(`${services}/one/status`, change)).code, 200);
    assert.equal((await caller.mergePatch(`${services}/one`, change)).code, 403);
  },
  'paths that are no resources are granted for the whole cluster': async (world) => {
    const { caller } = await bot(world);
    const path = `/apis/${RBAC}/v1`;
    const rules = [{ nonResourceURLs: ['/metrics/*'], verbs: ['get'] }];
    await world.admin.post(`${path}/clusterroles`, { metadata: { name: world.unique }, rules });
    world.cleanUp(() => world.admin.delete(`${path}/clusterroles/${world.unique}`));
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: world.unique };
    const subjects = [{ kind: 'ServiceAccount', name: 'bot', namespace: world.namespace }];
    await world.admin.post(`${path}/clusterrolebindings`, { metadata: { name: world.unique }, roleRef, subjects });
    world.cleanUp(() => world.admin.delete(`${path}/clusterrolebindings/${world.unique}`));
    await world.eventually(async () => assert.equal((await caller.get('/metrics/nothing-here')).code, 404));
    assert.equal((await caller.get('/logs')).code, 403);
  },
  'nobody grants rights that they have not': async (world) => {
    const held = { apiGroups: [''], resources: ['secrets'], verbs: ['create'] };
    const caller = await botWith(world, held, { apiGroups: [RBAC], resources: ['roles'], verbs: ['create', 'update'] });
    const grant = (...rules: object[]) => caller.post(roles(world), { metadata: { generateName: 'r-' }, rules });
    assert.equal((await grant(held)).code, 201);
    const answer = await caller.post(roles(world), {
      metadata: { name: 'more' },
      rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: ['n'], verbs: ['get', 'list'] }],
    });
    const groups = `"system:serviceaccounts" "system:serviceaccounts:${world.namespace}" "system:authenticated"`;
    const extra = '{APIGroups:[""], Resources:["pods"], ResourceNames:["n"], Verbs:["get" "list"]}';
    const who = `user "${userName(world)}" (groups=[${groups}]) ${GRANTED}`;
    const what = `roles.${RBAC} "more" is forbidden: ${who}\n${extra}`;
    assertRefused(answer, 403, 'Forbidden', what);
  },
  'nobody binds a role with rights that they have not, unless they may bind it': async (world) => {
    const caller = await botWith(
      world,
      { apiGroups: [RBAC], resources: ['rolebindings'], verbs: ['create'] },
      { apiGroups: [RBAC], resources: ['roles'], resourceNames: ['free'], verbs: ['bind'] },
    );
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    for (const name of ['free', 'other']) await world.admin.post(roles(world), { metadata: { name }, rules });
    const bind = (name: string) =>
      caller.post(roleBindings(world), {
        metadata: { name: `to-${name}` },
        roleRef: { apiGroup: RBAC, kind: 'Role', name },
      });
    assertRefused(
      await bind('other'),
      403,
      'Forbidden',
      /is attempting to grant RBAC permissions not currently held:\n\{APIGroups:\[""\], Resources:\["pods"\], Verbs:\["get"\]\}$/,
    );
    assert.equal((await bind('free')).code, 201);
  },
  'a role says what may be done with what': async (world) => {
    const role = (rule: object) => world.admin.post(roles(world), { metadata: { name: 'r' }, rules: [rule] });
    const pods = { apiGroups: [''], resources: ['pods'] };
    assertInvalid(
      await role({ ...pods, verbs: [] }),
      'rules[0].verbs: Required value: verbs must contain at least one value',
    );
    assertInvalid(
      await role({ apiGroups: [''], verbs: ['get'] }),
      'rules[0].resources: Required value: resource rules must supply at least one resource',
    );
    assertInvalid(
      await role({ nonResourceURLs: ['/x'], verbs: ['get'] }),
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
    );
  },
  'a binding keeps its role, and has subjects that there can be': async (world) => {
    const roleRef = { apiGroup: RBAC, kind: 'Role', name: 'a' };
    await world.admin.post(roleBindings(world), { metadata: { name: 'one' }, roleRef });
    assertInvalid(
      await world.admin.mergePatch(`${roleBindings(world)}/one`, { roleRef: { name: 'b' } }),
      `roleRef: Invalid value: {"APIGroup":"${RBAC}","Kind":"Role","Name":"b"}: cannot change roleRef`,
    );
    assertInvalid(
      await world.admin.post(roleBindings(world), {
        metadata: { name: 'two' },
        roleRef,
        subjects: [{ kind: 'Robot', name: 'x' }],
      }),
      'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    );
  },
  'one who may act as somebody else has the rights of that one': async (world) => {
    const headers = { 'Impersonate-User': 'jane' };
    const path = inNamespace(world.namespace, 'pods');
    const why = `pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "${world.namespace}"`;
    assertRefused(await world.admin.call('GET', path, { headers }), 403, 'Forbidden', why);
    const { caller } = await bot(world);
    assertRefused(
      await caller.call('GET', path, { headers }),
      403,
      'Forbidden',
      /cannot impersonate-on:user-info:list resource "pods"/,
    );
  },
});
