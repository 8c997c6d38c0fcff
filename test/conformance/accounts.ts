/** ServiceAccounts that may do certain things, and nothing else. */
import assert from 'node:assert/strict';
import type { ApiCaller } from './api-caller.ts';
import type { World } from './behaviour.ts';
import { inNamespace } from './manifests.ts';

const RBAC = 'rbac.authorization.k8s.io';

export function roles({ namespace }: World): string {
  return inNamespace(namespace, 'roles', RBAC);
}

export function roleBindings({ namespace }: World): string {
  return inNamespace(namespace, 'rolebindings', RBAC);
}

export function userName({ namespace }: World): string {
  return `system:serviceaccount:${namespace}:bot`;
}

/** The account `bot`, with a token for the API server. */
export async function bot(world: World, spec: object = {}): Promise<{ token: string; caller: ApiCaller }> {
  const path = inNamespace(world.namespace, 'serviceaccounts');
  await world.admin.post(path, { metadata: { name: 'bot' } });
  const { code, body } = await world.admin.post(`${path}/bot/token`, { spec });
  assert.equal(code, 201, JSON.stringify(body));
  const { token } = body.status;
  return { token, caller: world.as(token) };
}

/** The account `bot` with these rights in its namespace. Resolves when it has them. */
export async function botWith(world: World, ...rules: object[]): Promise<ApiCaller> {
  const { caller } = await bot(world);
  const probe = { apiGroups: [''], resources: ['limitranges'], verbs: ['list'] };
  await world.admin.post(roles(world), { metadata: { name: 'bot' }, rules: [...rules, probe] });
  await bindBot(world, { kind: 'Role', name: 'bot' });
  await world.eventually(async () => {
    const attributes = { namespace: world.namespace, verb: 'list', resource: 'limitranges' };
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { body } = await caller.post(path, { spec: { resourceAttributes: attributes } });
    assert.equal(body.status.allowed, true);
  });
  return caller;
}

function bindBot(world: World, role: object) {
  const subjects = [{ kind: 'ServiceAccount', name: 'bot', namespace: world.namespace }];
  return world.admin.post(roleBindings(world), {
    metadata: { name: 'bot' },
    roleRef: { apiGroup: RBAC, ...role },
    subjects,
  });
}
