import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { ClusterRole, Role, RoleBinding } from '../../../src/kube/resources.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { suite } from '../../support/suite.ts';
import { HELM_4, named, only, render } from './helms.ts';

const NAMESPACES = ['lab-a', 'lab-b'];

/** Such as `patch apps/deployments`, in order. */
function rights(...roles: { rules?: ClusterRole['rules'] }[]): string[] {
  const all = roles.flatMap(({ rules = [] }) =>
    (rules ?? []).flatMap(({ apiGroups = [], resources = [], verbs, resourceNames = [''] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) => resourceNames.map((name) => `${verb} ${group}/${resource} ${name}`.trim())),
        ),
      ),
    ),
  );
  return all.toSorted();
}

const bound = (objects: KubeObject[]) =>
  objects.filter(({ kind }) => kind === 'RoleBinding' || kind === 'ClusterRoleBinding') as RoleBinding[];

suite('the rights that the chart gives', HELM_4.skip, () => {
  test('are those of the manifests, which tests compare with what the operator uses', async () => {
    const [rendered, tested] = [await render(HELM_4), await manifestsOf('deploy/operator')];
    for (const [kind, name] of [
      ['ClusterRole', 'anweddol-operator'],
      ['Role', 'anweddol-operator-leader'],
    ] as const) {
      assert.deepEqual(rights(only<ClusterRole>(rendered, kind, name)), rights(only<ClusterRole>(tested, kind, name)));
    }
  });

  test('for some namespaces are the same in each of them, but for what is the cluster’s', async () => {
    const everywhere = rights(only<ClusterRole>(await render(HELM_4), 'ClusterRole'));
    const objects = await render(HELM_4, { scope: { namespaces: NAMESPACES } });
    assert.deepEqual(
      named(objects).filter((name) => name.startsWith('Cluster')),
      [],
    );
    const roles = objects.filter(
      ({ kind, metadata }) => kind === 'Role' && metadata.name === 'anweddol-operator',
    ) as Role[];
    assert.deepEqual(
      roles.map(({ metadata }) => metadata.namespace),
      NAMESPACES,
    );
    const cluster = ['list /nodes', 'list kubevirt.io/kubevirts'];
    for (const role of roles)
      assert.deepEqual(
        rights(role),
        everywhere.filter((right) => !cluster.includes(right)),
      );
  });

  test('of the cluster are read on demand, and nothing else', async () => {
    const objects = await render(
      HELM_4,
      { scope: { namespaces: NAMESPACES, readCluster: true } },
      { namespace: 'here' },
    );
    const role = only<ClusterRole>(objects, 'ClusterRole', 'here-anweddol-operator-cluster-facts');
    assert.deepEqual(rights(role), ['list /nodes', 'list kubevirt.io/kubevirts']);
  });

  test('are bound to the account of the operator alone, whatever it is called', async () => {
    const values = { scope: { namespaces: NAMESPACES, readCluster: true }, serviceAccount: { name: 'mine' } };
    const objects = await render(HELM_4, values, { release: 'other', namespace: 'here' });
    assert.equal(bound(objects).length, 4);
    const names = new Set(named(objects));
    for (const { subjects, roleRef } of bound(objects)) {
      assert.deepEqual(subjects, [{ kind: 'ServiceAccount', name: 'mine', namespace: 'here' }]);
      assert.ok(names.has(`${roleRef.kind} ${roleRef.name}`), roleRef.name);
    }
  });

  test('let it lead by the lease that it is told of', async () => {
    const objects = await render(HELM_4, { leaderElection: { leaseName: 'one' } }, { release: 'other' });
    const leader = only<Role>(objects, 'Role', 'other-anweddol-operator-leader');
    assert.deepEqual(rights(leader).slice(1), [
      'get coordination.k8s.io/leases one',
      'patch coordination.k8s.io/leases one',
    ]);
    assert.match(JSON.stringify(only(objects, 'Deployment')), /--leader-elect-resource-name=one"/);
  });
});
