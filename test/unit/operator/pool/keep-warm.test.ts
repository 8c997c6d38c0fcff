import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ANNOTATION_EXPIRES_AT,
  ANNOTATION_MACHINE_SHA256,
  ANNOTATION_START_BY,
  LABEL_CONTAINER_UUID,
} from '../../../../src/api/names.ts';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import { unschedulable, up } from './pool-fixture.ts';
import { PoolOperator, soon } from './pool-operator.ts';

let operator: PoolOperator;

before(async () => {
  operator = await PoolOperator.start();
});
after(() => operator[Symbol.asyncDispose]());

async function warm(server: string, count: number) {
  for (const vmi of await operator.until(server, 'booting', count)) await operator.becomes(vmi, up);
  return operator.until(server, 'warm', count);
}

test('as many machines are booted as are wanted, and they are warm once their SSH port answers', async () => {
  await operator.serve('warm', { warm: 2, maxRunning: 3 });
  const [first] = await operator.until('warm', 'booting', 2);
  assert.match(await operator.poolReady('warm', 'PoolFilling'), /^0 of 2 warm; [12] booting$/);
  assert.ok(first);
  assert.equal(first.spec.domain.firmware?.uuid, first.metadata.labels?.[LABEL_CONTAINER_UUID]);
  await warm('warm', 2);
  assert.equal(await operator.poolReady('warm', 'PoolFull'), '2 of 2 warm');
});

test('one that a client has taken is replaced, as far as there are slots', async () => {
  await operator.serve('claimed', { warm: 2, maxRunning: 3 });
  const [first, second] = await warm('claimed', 2);
  assert.ok(first && second);
  await operator.claim(first);
  const [third] = await operator.until('claimed', 'booting', 1);
  assert.notEqual(third?.metadata.name, first.metadata.name);
  assert.ok(third);
  await operator.becomes(third, up);
  await operator.until('claimed', 'warm', 2);
  await operator.claim(second);
  assert.match(await operator.poolReady('claimed', 'PoolLimited'), /^1 of 2 warm/);
  assert.equal(operator.machines('claimed').length, 3);
});

test('when fewer are wanted, the machines of clients stay', async () => {
  await operator.serve('fewer', { warm: 3 });
  const [first, ...others] = await warm('fewer', 3);
  assert.ok(first);
  await operator.claim(first);
  await operator.until('fewer', 'booting', 1);
  await operator.apply('fewer', { warm: 1 });
  await operator.until('fewer', undefined, 2);
  const [kept] = operator.machines('fewer', 'warm');
  assert.ok(kept);
  assert.deepEqual([operator.machines('fewer', 'warm').length, operator.machines('fewer', 'claimed').length], [1, 1]);
  // Slots begin anywhere and go round, so of machines of the same second either may be the first by name.
  const surplus = others.filter(({ metadata }) => metadata.uid !== kept.metadata.uid);
  assert.equal(surplus.length, 1);
  for (const { metadata } of surplus) assert.equal((await operator.event('Surplus', metadata)).type, 'Normal');
  await operator.apply('fewer', { warm: 0 });
  await operator.until('fewer', undefined, 1);
  await operator.status('fewer', ({ conditions = [] }) => conditions.every(({ type }) => type !== 'PoolReady'));
});

test('another kind of machine takes the place of the old one when it is warm', async () => {
  await operator.serve('kind', { warm: 1 });
  const [old] = await warm('kind', 1);
  assert.ok(old);
  await operator.apply('kind', { warm: 1, memory: '2Gi' });
  const [fresh] = await operator.until('kind', 'booting', 1);
  assert.equal(operator.machines('kind', 'warm').length, 1);
  assert.ok(fresh);
  assert.notEqual(
    fresh.metadata.annotations?.[ANNOTATION_MACHINE_SHA256],
    old.metadata.annotations?.[ANNOTATION_MACHINE_SHA256],
  );
  await operator.becomes(fresh, up);
  await operator.gone(old);
  await operator.event('Outdated', old.metadata);
});

test('one that has expired is replaced', async () => {
  await operator.serve('expiry', { warm: 1 });
  const [first] = await warm('expiry', 1);
  assert.ok(first);
  await operator.annotate(first, { [ANNOTATION_EXPIRES_AT]: new Date(Date.now() + 100).toISOString() });
  await operator.gone(first);
  await operator.event('Expired', first.metadata);
  await operator.until('expiry', 'booting', 1);
});

test('one that no node takes is held, and has its whole time to start once there is one', async () => {
  await operator.serve('held', { warm: 1, startTimeoutSeconds: 60 });
  const [first] = await operator.until('held', 'booting', 1);
  assert.ok(first);
  await operator.becomes(first, unschedulable('0/3 nodes are available'));
  assert.equal(
    await operator.poolReady('held', 'PoolUnschedulable'),
    '0 of 1 warm; one waits: 0/3 nodes are available',
  );
  const startBy = () => operator.machines('held')[0]?.metadata.annotations?.[ANNOTATION_START_BY];
  const expiresAt = first.metadata.annotations?.[ANNOTATION_EXPIRES_AT];
  await operator.harness.caches.machines.waitFor(() => startBy() === expiresAt || undefined, soon());

  const released = Date.now();
  await operator.becomes(first, { phase: 'Scheduled', conditions: [] });
  await operator.poolReady('held', 'PoolFilling');
  await operator.harness.caches.machines.waitFor(() => startBy() !== expiresAt || undefined, soon());
  const left = Date.parse(startBy() ?? '') - released;
  assert.ok(left >= 60_000 && left < 90_000, `${left} ms`);
  assert.equal(operator.machines('held')[0]?.metadata.uid, first.metadata.uid);
  await operator.status('held', ({ pool }) => pool?.failedBoots === 0);
});

test('a machine that is not up by its start deadline is replaced, and counted', async () => {
  await operator.serve('late', { warm: 1 });
  const [first] = await operator.until('late', 'booting', 1);
  assert.ok(first);
  await operator.annotate(first, { [ANNOTATION_START_BY]: new Date(Date.now()).toISOString() });
  await operator.gone(first);
  assert.equal((await operator.event('StartDeadline', first.metadata)).type, 'Warning');
  await operator.status('late', ({ pool }) => pool?.failedBoots === 1 && pool.lastFailure === 'StartDeadline');
  await warm('late', 1);
  await operator.status('late', ({ pool }) => pool?.failedBoots === 0);
});

test('after three failures boots stop; one is tried when the wait in the status is over; a change starts anew', async () => {
  const server = await operator.serve('broken', { warm: 1, maxRunning: 2 });
  const fail = async () => {
    const [vmi] = await operator.until('broken', 'booting', 1);
    assert.ok(vmi);
    await operator.becomes(vmi, { phase: 'Failed' });
    await operator.gone(vmi);
  };
  for (let boot = 0; boot < 3; boot += 1) await fail();
  const message = await operator.poolReady('broken', 'PoolBootsFail');
  assert.match(message, /^0 of 1 warm; 3 boots in a row failed, the last one with Finished; one is tried after 20/);
  const told = await operator.event('PoolBootsFail', server.metadata);
  assert.equal(told.type, 'Warning');
  assert.deepEqual(operator.machines('broken'), []);

  // What the operator has just written it also remembers, until it has seen it in the cache.
  while (operator.machines('broken').length === 0) {
    const status = { pool: { lastFailureTime: new Date(Date.now() - 61_000).toISOString() } };
    await operator.harness.kube.mergePatch(AnweddolServer, server.metadata, { status }, { subresource: 'status' });
    await sleep(200);
  }
  await fail();
  await operator.status('broken', ({ pool }) => pool?.failedBoots === 4);
  assert.deepEqual(operator.machines('broken'), []);

  await operator.apply('broken', { warm: 1, maxRunning: 2, memory: '512Mi' });
  await warm('broken', 1);
  await operator.status('broken', ({ pool }) => pool?.failedBoots === 0);
  assert.equal(operator.events.list().filter(({ reason }) => reason === 'PoolBootsFail').length, 1);
});

test('nothing is written while there is nothing to do', async () => {
  await operator.serve('quiet', { warm: 2 });
  await warm('quiet', 2);
  await operator.poolReady('quiet', 'PoolFull');
  const versions = () => operator.machines('quiet').map(({ metadata }) => metadata.resourceVersion);
  const before = versions();
  const touched = { metadata: { labels: { touched: 'yes' } } };
  const server = { namespace: 'default', name: 'quiet' };
  await operator.harness.kube.mergePatch(AnweddolServer, server, touched);
  // A later change of the same server has been dealt with, and so was the one before.
  await operator.apply('quiet', { warm: 2 }, { clientTimeoutSeconds: 11 });
  await operator.status('quiet', ({ observedGeneration }) => observedGeneration === 2);
  assert.deepEqual(versions(), before);
});
