import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaseLock } from '../../../src/kube/lease-lock.ts';
import { Lease } from '../../../src/kube/resources.ts';
import type { LeaseRecord } from '../../../src/runtime/leader/lease-lock.ts';
import { onEachServer } from '../kube/subjects.ts';

const { signal } = new AbortController();
const RECORD: LeaseRecord = {
  holder: 'a',
  durationMs: 15_000,
  acquiredAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  renewedAt: Date.UTC(2026, 0, 2, 3, 4, 7, 89),
  transitions: 3,
};

onEachServer('lease lock', (connected) => {
  const lockOn = (name: string) => leaseLock(connected().client, { namespace: connected().namespace, name });

  test('what was written is read, under the version that the write had', async () => {
    const lock = lockOn('written');
    assert.equal(await lock.read(signal), undefined);
    const version = await lock.create(RECORD, signal);
    assert.deepEqual(await lock.read(signal), { record: RECORD, version });
    const next = { ...RECORD, renewedAt: RECORD.renewedAt + 1, transitions: 4 };
    const nextVersion = await lock.update(next, version ?? '', signal);
    assert.notEqual(nextVersion, version);
    assert.deepEqual(await lock.read(signal), { record: next, version: nextVersion });
  });

  test('of two writes on what both have read one is told that it lost, and changes nothing', async () => {
    const lock = lockOn('raced');
    const versions = await Promise.all([lock.create(RECORD, signal), lock.create({ ...RECORD, holder: 'b' }, signal)]);
    const [version] = versions.filter((one) => one !== undefined);
    assert.equal(versions.filter((one) => one === undefined).length, 1);
    const next = (holder: string) => lock.update({ ...RECORD, holder }, version ?? '', signal);
    const answers = await Promise.all([next('c'), next('d')]);
    const winner = answers[0] === undefined ? 'd' : 'c';
    assert.equal(answers.filter((one) => one === undefined).length, 1);
    assert.equal((await lock.read(signal))?.record.holder, winner);
    assert.equal(await next('e'), undefined);
  });

  test('a lease that is gone is a race that is lost', async () => {
    const { client, namespace } = connected();
    const lock = lockOn('deleted');
    const version = await lock.create(RECORD, signal);
    await client.delete(Lease, { namespace, name: 'deleted' });
    assert.equal(await lock.update(RECORD, version ?? '', signal), undefined);
  });

  test('a lease is given back, with the rest of the object as it was', async () => {
    const { client, namespace } = connected();
    const lock = lockOn('released');
    await lock.create(RECORD, signal);
    const labels = { team: 'lab' };
    const { metadata } = await client.mergePatch(Lease, { namespace, name: 'released' }, { metadata: { labels } });
    await lock.update({ ...RECORD, holder: '', durationMs: 1000 }, metadata.resourceVersion ?? '', signal);
    const lease = await client.get(Lease, { namespace, name: 'released' });
    assert.deepEqual(
      [lease?.spec?.holderIdentity, lease?.spec?.leaseDurationSeconds, lease?.metadata.labels],
      ['', 1, labels],
    );
  });

  test('durations are whole seconds there, never shorter than asked for', async () => {
    const lock = lockOn('short');
    await lock.create({ ...RECORD, durationMs: 1_100 }, signal);
    assert.equal((await lock.read(signal))?.record.durationMs, 2_000);
  });

  test('what somebody else left out is read as if nobody had the lease', async () => {
    const { client, namespace } = connected();
    await client.create(Lease, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace, name: 'bare' },
    });
    const read = await lockOn('bare').read(signal);
    assert.deepEqual(read?.record, { holder: '', durationMs: 15_000, acquiredAt: 0, renewedAt: 0, transitions: 0 });
  });
});
