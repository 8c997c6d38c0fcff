import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import type { VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import type { Caches } from '../../../../src/operator/context.ts';
import { platformWatch } from '../../../../src/operator/platform/platform-watch.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { sampleServer } from '../../../support/sample-server.ts';

function start() {
  const log = new RecordedLog();
  const clock = new FakeClock();
  const machines = new ObjectStore<VirtualMachineInstance>({ log });
  const servers = new ObjectStore<AnweddolServer>({ log });
  servers.replace([sampleServer()]);
  const watch = platformWatch(
    { machines, servers } as unknown as Caches,
    clock,
    () => [],
    () => 0,
  );
  return { clock, machines, watch, queue: new WorkQueue({ clock }), stop: new AbortController() };
}

test('servers wait for the machines to be listed, and for no longer', async () => {
  const { machines, watch, clock, stop } = start();
  const synced = watch.synced(stop.signal);
  machines.replace([]);
  await synced;
  assert.equal(clock.pending, 0);
});

test('without KubeVirt servers start after 5 seconds', async () => {
  const { watch, clock, stop } = start();
  const synced = watch.synced(stop.signal);
  assert.equal(await clock.advanceToNext(), 5_000);
  await synced;
});

test('a stop ends the wait', async () => {
  const { watch, clock, stop } = start();
  const synced = watch.synced(stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(synced, /stopped/);
  assert.equal(clock.pending, 0);
});

test('when KubeVirt comes later, each server is looked at again', async () => {
  const { machines, watch, queue } = start();
  const end = watch.feed(queue);
  assert.equal(queue.depth, 0);
  machines.replace([]);
  assert.equal(await queue.get(), 'anweddol/lab');
  end();
});

test('nothing is looked at after the controller ended', async () => {
  const { machines, watch, queue, clock } = start();
  watch.feed(queue)();
  machines.replace([]);
  await clock.advance(0);
  assert.equal(queue.depth, 0);
});
