import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededRights, rightsText } from '../../../src/admin/rights/needed-rights.ts';
import { leaderRules, OPERATOR_RULES, type OperatorRule } from '../../../src/admin/rights/operator-rules.ts';
import type { ClusterRole } from '../../../src/kube/resources.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';

type GrantedRule = NonNullable<ClusterRole['rules']>[number];

const words = (groups: readonly string[], resources: readonly string[], verbs: readonly string[], names = ['']) =>
  groups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => names.map((name) => `${verb} ${group}/${resource} ${name}`)),
    ),
  );

async function granted(kind: string): Promise<string[]> {
  const roles = (await manifestsOf('deploy/operator')).filter((manifest) => manifest.kind === kind) as ClusterRole[];
  const rules = roles.flatMap(({ rules = [] }) => rules);
  return rules
    .flatMap(({ apiGroups = [], resources = [], verbs, resourceNames }: GrantedRule) =>
      words(apiGroups, resources, verbs, resourceNames),
    )
    .toSorted();
}

const needed = (rules: readonly OperatorRule[]) =>
  rules.flatMap(({ group, resources, verbs, name }) => words([group], resources, verbs, [name ?? ''])).toSorted();

test('what the operator is said to need is what its manifest grants it, and nothing else', async () => {
  assert.deepEqual(needed(OPERATOR_RULES), await granted('ClusterRole'));
});

test('so it is with its Lease', async () => {
  assert.deepEqual(needed(leaderRules('anweddol-operator')), await granted('Role'));
});

test('an operator of some namespaces needs its rights in each, those of the cluster once, its Lease where that is', () => {
  const rights = neededRights({ namespaces: ['a', 'b'], lease: { namespace: 'home', name: 'mine' } });
  const of = (resource: string, verb: string) =>
    rights
      .filter(({ attributes }) => attributes.resource === resource && attributes.verb === verb)
      .map(({ attributes }) => [attributes.namespace, attributes.name]);
  assert.deepEqual(of('secrets', 'get'), [
    ['a', undefined],
    ['b', undefined],
  ]);
  assert.deepEqual(of('nodes', 'list'), [[undefined, undefined]]);
  assert.deepEqual(of('leases', 'patch'), [['home', 'mine']]);
});

test('one that looks everywhere needs them once, in no namespace, and no Lease where it takes none', () => {
  const rights = neededRights({ namespaces: [], lease: undefined });
  assert.ok(rights.every(({ attributes }) => !('namespace' in attributes) && attributes.resource !== 'leases'));
});

test('rights that are alike are told together', () => {
  const right = (verb: string, resource: string, more: object = {}) => ({
    attributes: { verb, group: '', resource, ...more },
  });
  const status = { group: 'anweddol.io', subresource: 'status', namespace: 'a' };
  const rights = [
    right('create', 'pods'),
    right('patch', 'pods'),
    right('patch', 'anweddolservers', status),
    right('create', 'services'),
    right('patch', 'services'),
    right('get', 'leases', { name: 'mine', namespace: 'home' }),
  ];
  assert.equal(
    rightsText(rights),
    'create, patch pods, services; patch anweddolservers.anweddol.io/status in a; get leases "mine" in home',
  );
});
