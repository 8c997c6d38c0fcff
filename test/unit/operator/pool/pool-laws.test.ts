import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isWarm, PoolWorld, STEPS, type Step } from './pool-world.ts';

/** How often each happens. */
const WEIGHTS: Record<Step['what'], number> = {
  reconcile: 6,
  deliver: 4,
  ready: 4,
  fail: 1,
  claim: 3,
  claimCold: 1,
  destroy: 2,
  go: 3,
  setWarm: 2,
  setMaxRunning: 1,
  loseAnswer: 1,
  restart: 1,
};
const what = fc.oneof(...STEPS.map((name) => ({ weight: WEIGHTS[name], arbitrary: fc.constant(name) })));
const step: fc.Arbitrary<Step> = fc.record({ what, nth: fc.nat(20) });

test('whatever happens, no slot is overbooked, nothing that is claimed is removed, and no more is booted than wanted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new PoolWorld();
      for (const one of steps) {
        await world.take(one);
        assert.deepEqual(world.cluster.violations, []);
      }
    }),
    { numRuns: 1000 },
  );
});

test('when nothing fails any more, the pool is what is wanted, and nothing more is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = new PoolWorld();
      for (const one of steps) await world.take(one);
      const finding = await world.settle();
      const { cluster, server } = world;
      const { warm, maxRunning } = server.spec.containers;
      const wanted = Math.min(warm, Math.max(0, maxRunning - cluster.claimed.length));
      assert.equal(cluster.pool.filter(isWarm).length, wanted);
      assert.equal(cluster.pool.length, wanted);
      if (warm > 0) assert.equal(finding?.status, 'True');
      assert.equal(finding?.againMs, undefined);
      assert.deepEqual(cluster.violations, []);
    }),
    { numRuns: 600 },
  );
});

test('a machine that is claimed at the moment when it is to go is left to its client', async () => {
  const world = new PoolWorld();
  await world.settle();
  const [first] = world.cluster.pool;
  assert.ok(first);
  world.cluster.isClaimed(first);
  world.edit({ warm: 0 });
  await world.reconcile();
  assert.deepEqual(world.cluster.claimed.length, 1);
  assert.deepEqual([world.cluster.pool.length, world.cluster.violations], [0, []]);
});

test('what was written is not written again while the cache does not show it', async () => {
  const world = new PoolWorld();
  await world.reconcile();
  world.cluster.deliver(Number.POSITIVE_INFINITY);
  for (const vmi of world.cluster.pool) world.cluster.becomesReady(vmi);
  world.cluster.deliver(Number.POSITIVE_INFINITY);
  const promoted = await world.reconcile();
  const { writes } = world.cluster;
  assert.deepEqual([promoted?.reason, (await world.reconcile())?.reason], ['PoolFull', 'PoolFull']);
  assert.equal(world.cluster.writes, writes);

  world.edit({ warm: 1 });
  await world.reconcile();
  assert.equal(world.cluster.writes, writes + 1);
  await world.reconcile();
  assert.equal(world.cluster.writes, writes + 1);
});

test('what the cluster refuses is told, and asked again after a minute or when other machines are wanted', async () => {
  const world = new PoolWorld();
  const { cluster, clock } = world;
  cluster.refuses = 'machines "x" is forbidden: exceeded quota: small';
  const refused = await world.reconcile();
  assert.deepEqual([refused?.status, refused?.reason, refused?.againMs], ['False', 'PoolQuotaExceeded', 60_000]);
  assert.match(refused?.message ?? '', /exceeded quota: small/);
  const { writes } = cluster;
  assert.equal((await world.reconcile())?.reason, 'PoolQuotaExceeded');
  assert.equal(cluster.writes, writes);
  await clock.advance(60_000);
  await world.reconcile();
  assert.equal(cluster.writes, writes + 1);

  cluster.refuses = undefined;
  world.edit({ memory: '512Mi' });
  assert.equal((await world.reconcile())?.reason, 'PoolFilling');
  assert.equal(cluster.pool.length, 2);
});

test('failures are counted on while the cache shows an older status', async () => {
  const world = new PoolWorld();
  const { cluster } = world;
  for (const count of [1, 2]) {
    await world.reconcile();
    cluster.deliver(Number.POSITIVE_INFINITY);
    const [vmi] = cluster.pool;
    assert.ok(vmi);
    cluster.fails(vmi);
    cluster.deliver(Number.POSITIVE_INFINITY);
    assert.equal((await world.reconcile())?.pool?.failedBoots, count);
  }
});
