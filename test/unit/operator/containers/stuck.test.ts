import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_SERVER } from '../../../../src/api/names.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import type { Pod, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { StuckContainers } from '../../../../src/operator/containers/stuck.ts';
import { tellStuck } from '../../../../src/operator/containers/tell-stuck.ts';
import { INDEX_BY_SERVER } from '../../../../src/operator/context.ts';
import type { Happening } from '../../../../src/runtime/events/event.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { sampleMachine } from '../../../support/sample-machine.ts';

function ending(uid = 'machine-uid'): VirtualMachineInstance {
  const vmi = sampleMachine();
  const deletionTimestamp = new Date(0).toISOString();
  const finalizers = ['kubevirt.io/foregroundDeleteVirtualMachine'];
  return { ...vmi, metadata: { ...vmi.metadata, uid, deletionTimestamp, finalizers } };
}

function launcher(): Pod {
  const ownerReferences = [
    { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'x', uid: 'machine-uid' },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'virt-launcher-x', namespace: 'anweddol', labels: { [LABEL_SERVER]: 'lab' }, ownerReferences },
    spec: { containers: [], nodeName: 'node-7' },
  };
}

function watching(pods: Pod[] = []) {
  const told: Happening[] = [];
  const clock = new FakeClock();
  const log = new RecordedLog();
  const indices = { [INDEX_BY_SERVER]: () => ['anweddol/lab'] };
  const store = new ObjectStore<Pod>({ log, indices });
  store.replace(pods);
  const events = { event: (_: unknown, happening: Happening) => void told.push(happening) };
  const context = { clock, log, events, stuck: new StuckContainers(), caches: { pods: store } };
  return { clock, told, look: (vmi = ending()) => tellStuck(vmi, context) };
}

test('a machine that ends has two minutes before anybody worries', async () => {
  const { clock, told, look } = watching();
  assert.deepEqual(look(), { again: true, afterMs: 120_000 });
  await clock.advance(119_000);
  assert.deepEqual(look(), { again: true, afterMs: 1_000 });
  assert.deepEqual(told, []);
});

test('then it is told what it waits for', async () => {
  const { clock, told, look } = watching([launcher()]);
  await clock.advance(120_000);
  look();
  assert.deepEqual(
    told.map(({ type, reason }) => [type, reason]),
    [['Warning', 'StuckTerminating']],
  );
  assert.match(
    told[0]?.note ?? '',
    /kubevirt\.io\/foregroundDeleteVirtualMachine; its launcher pod virt-launcher-x on node node-7/,
  );
});

test('it is told of every ten minutes, however often it is looked at', async () => {
  const { clock, told, look } = watching();
  await clock.advance(120_000);
  look();
  look();
  await clock.advance(599_000);
  assert.deepEqual(look(), { again: true, afterMs: 1_000 });
  assert.equal(told.length, 1);
  await clock.advance(1_000);
  look();
  assert.equal(told.length, 2);
});

test('a later machine in the slot is told of for itself', async () => {
  const { clock, told, look } = watching();
  await clock.advance(120_000);
  look();
  look(ending('another-uid'));
  assert.equal(told.length, 2);
});
