import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { AnweddolServer } from '../../../src/api/resources.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { countChanges } from '../../../src/operator/metrics/count-changes.ts';
import type { ServerName } from '../../../src/operator/metrics/operator-metrics.ts';
import { silentLog as log } from '../../../src/runtime/log.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';

const BEGAN = '2026-01-01T00:00:00Z';

/** What is counted, one word after the other. @param machinesAtFirst null: not listed yet */
function scene(t: TestContext, machinesAtFirst: VirtualMachineInstance[] | null = []) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const clock = new FakeClock(Date.parse(BEGAN));
  const servers = new ObjectStore<AnweddolServer>({ log });
  const machines = new ObjectStore<VirtualMachineInstance>({ log });
  servers.replace([sampleServer()]);
  if (machinesAtFirst) machines.replace(machinesAtFirst);
  const told: string[] = [];
  const tell = (word: string) => (server: ServerName, start?: string, seconds?: number) =>
    void told.push(
      [word, `${server.namespace}/${server.name}`, start, seconds].filter((it) => it !== undefined).join(' '),
    );
  const metrics = {
    known: tell('known'),
    gone: tell('gone'),
    bootSucceeded: tell('succeeded'),
    bootFailed: tell('failed'),
  };
  countChanges({ servers, machines }, metrics, clock, stop.signal);
  return { servers, machines, told, clock, stop };
}

function machine(state: string, change: object = {}): VirtualMachineInstance {
  const vmi = sampleMachine({ labels: { 'anweddol.io/state': state } });
  return { ...vmi, metadata: { ...vmi.metadata, creationTimestamp: BEGAN, ...change } };
}

test('servers are known from the beginning or when they come, and gone when they go', (t) => {
  const { servers, told } = scene(t);
  const other = { ...sampleServer(), metadata: { namespace: 'b', name: 'other', uid: 'other' } };
  servers.put(other);
  servers.put({ ...other, metadata: { ...other.metadata, resourceVersion: '2' } });
  servers.remove(other);
  assert.deepEqual(told, ['known anweddol/lab', 'known b/other', 'gone b/other']);
});

test('a server that is made anew under its name is gone, then known', (t) => {
  const { servers, told } = scene(t);
  servers.put({ ...sampleServer(), metadata: { ...sampleServer().metadata, uid: 'another' } });
  assert.deepEqual(told.slice(1), ['gone anweddol/lab', 'known anweddol/lab']);
});

test('a machine made for a client has booted when it is ready, by then so old', async (t) => {
  const { machines, told, clock } = scene(t);
  await setImmediate();
  machines.put(machine('claimed'));
  await clock.advance(12_500);
  machines.put(machine('claimed', { resourceVersion: '2' }));
  machines.put(machine('ready', { resourceVersion: '3' }));
  machines.put(machine('ready', { resourceVersion: '4' }));
  assert.deepEqual(told.slice(1), ['succeeded anweddol/lab cold 12.5']);
});

test('one that ends before, or vanishes, has failed, once', async (t) => {
  const { machines, told } = scene(t);
  await setImmediate();
  machines.put(machine('claimed'));
  machines.put(machine('claimed', { resourceVersion: '2', deletionTimestamp: BEGAN }));
  assert.deepEqual(told.slice(1), ['failed anweddol/lab cold']);
  machines.remove(machine('claimed', { deletionTimestamp: BEGAN }));
  assert.deepEqual(told.slice(2), []);
  machines.put(machine('claimed', { uid: 'second' }));
  machines.remove(machine('claimed', { uid: 'second' }));
  assert.deepEqual(told.slice(2), ['failed anweddol/lab cold']);
});

test('one that was warm before it was claimed is no boot for a client', async (t) => {
  const { machines, told } = scene(t);
  await setImmediate();
  for (const [version, state] of ['booting', 'warm', 'claimed', 'ready'].entries()) {
    machines.put(machine(state, { resourceVersion: String(version) }));
  }
  machines.remove(machine('ready'));
  assert.deepEqual(told.slice(1), []);
});

test('how those began that were there already is not known, and not told', async (t) => {
  const { machines, told } = scene(t, [machine('claimed')]);
  await setImmediate();
  machines.put(machine('ready', { resourceVersion: '2' }));
  assert.deepEqual(told.slice(1), []);
});

test('nor of those that the first list shows, when it comes late', async (t) => {
  const { machines, told } = scene(t, null);
  machines.replace([machine('claimed')]);
  await setImmediate();
  machines.put(machine('ready', { resourceVersion: '2' }));
  machines.put(machine('claimed', { uid: 'second' }));
  machines.put(machine('ready', { uid: 'second', resourceVersion: '3' }));
  assert.deepEqual(told.slice(1), ['succeeded anweddol/lab cold 0']);
});

test('nothing is counted any more once it is ended', async (t) => {
  const { servers, machines, told, stop } = scene(t);
  await setImmediate();
  machines.put(machine('claimed'));
  stop.abort();
  machines.put(machine('ready', { resourceVersion: '2' }));
  servers.remove(sampleServer());
  assert.deepEqual(told.slice(1), []);
});
