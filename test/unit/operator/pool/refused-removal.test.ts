import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeError } from '../../../../src/kube/errors.ts';
import { PoolWorld } from './pool-world.ts';

test('the count of failed boots is kept where the cluster refuses to remove a machine', async () => {
  const world = new PoolWorld();
  const { cluster, clock } = world;
  await world.reconcile();
  cluster.deliver(2);
  const [vmi] = cluster.pool;
  assert.ok(vmi);
  cluster.fails(vmi);
  cluster.deliver(1);
  const pool = { failedBoots: 4, lastFailureTime: new Date(clock.now()).toISOString(), lastFailure: 'Finished' };
  const known = { reason: 'PoolBootsFail', message: '', lastTransitionTime: pool.lastFailureTime };
  const { generation = 0 } = world.server.metadata;
  const conditions = [{ type: 'PoolReady', status: 'False' as const, ...known, observedGeneration: generation }];
  world.server = { ...world.server, status: { pool, conditions } };
  await world.take({ what: 'restart', nth: 0 });
  cluster.kube.delete = async () => {
    throw new KubeError({ code: 403, reason: 'Forbidden', message: 'an admission says no' });
  };
  assert.deepEqual((await world.reconcile())?.pool, pool);
});
