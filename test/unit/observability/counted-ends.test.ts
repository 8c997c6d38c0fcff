import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnweddolServer } from '../../../src/api/resources.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { EndpointSlice, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import type { Context } from '../../../src/operator/context.ts';
import type { OperatorMetrics } from '../../../src/operator/metrics/operator-metrics.ts';
import { carryOut } from '../../../src/operator/pool/carry-out.ts';
import type { PoolPlan } from '../../../src/operator/pool/plan-pool.ts';
import { PoolMemory } from '../../../src/operator/pool/pool-memory.ts';
import { reconcileContainer } from '../../../src/operator/reconcile-container.ts';
import { silentLog as log } from '../../../src/runtime/log.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-01-01T00:00:30Z');

function scene(kube: object) {
  const told: string[] = [];
  const tell =
    (word: string) =>
    ({ namespace, name }: { namespace: string; name: string }, ...rest: unknown[]) =>
      void told.push([word, `${namespace}/${name}`, ...rest].join(' '));
  const metrics = {
    containerEnded: tell('ended'),
    bootSucceeded: tell('succeeded'),
    bootFailed: tell('failed'),
  } as unknown as OperatorMetrics;
  const context = { kube, clock: new FakeClock(NOW), log, events: { event: () => {} }, metrics };
  return { told, context };
}

function machine(change: Parameters<typeof sampleMachine>[0] = {}): VirtualMachineInstance {
  const vmi = sampleMachine(change);
  const creationTimestamp = '2026-01-01T00:00:00Z';
  return { ...vmi, metadata: { ...vmi.metadata, resourceVersion: '1', creationTimestamp } };
}

const conflict = () => Promise.reject(new KubeError({ code: 409, reason: 'Conflict', message: 'changed' }));

for (const [what, answer, expected] of [
  ['that the operator destroys is counted with its reason', async () => true, ['ended anweddol/lab Finished']],
  ['that was gone already is not', async () => false, []],
  ['that has changed meanwhile is not', conflict, []],
] as const) {
  test(`a container ${what}`, async () => {
    const { told, context } = scene({ delete: answer });
    const vmi = machine({ status: { phase: 'Succeeded' } });
    const store = <T extends AnweddolServer | VirtualMachineInstance | EndpointSlice>(...objects: T[]) => {
      const filled = new ObjectStore<T>({ log });
      filled.replace(objects);
      return filled;
    };
    const caches = { servers: store(sampleServer()), machines: store(vmi), slices: store<EndpointSlice>() };
    const whole = { ...context, caches, stuck: { forget: () => {} } } as unknown as Context;
    await reconcileContainer(`anweddol/${vmi.metadata.name}`, whole, signal);
    assert.deepEqual(told, expected);
  });
}

function plan(change: Partial<PoolPlan>): PoolPlan {
  const pool = { wanted: 1, target: 1, warm: 0, booting: 0 };
  return { promote: [], remove: [], postpone: [], boot: { count: 0, slots: [] }, pool, ...change };
}

async function carriedOut(kube: object, change: Partial<PoolPlan>): Promise<string[]> {
  const { told, context } = scene(kube);
  const carried = { booted: 0, promoted: 0, removed: 0, failed: [] };
  const to = { context: context as never, memory: new PoolMemory(), settings: undefined, signal };
  await carryOut(plan(change), to, carried);
  return told;
}

test('a boot that became warm is counted, with its age, and one that somebody changed is not', async () => {
  const vmi = machine();
  const invalid = () => Promise.reject(new KubeError({ code: 422, reason: 'Invalid', message: 'not booting' }));
  assert.deepEqual(await carriedOut({ jsonPatch: async () => vmi }, { promote: [vmi] }), [
    'succeeded anweddol/lab warm 30',
  ]);
  assert.deepEqual(await carriedOut({ jsonPatch: invalid }, { promote: [vmi] }), []);
});

test('what the pool removes is counted as ended, and a boot that failed as that too', async () => {
  const vmi = machine();
  const remove = (removal: Partial<PoolPlan['remove'][number]>) =>
    carriedOut({ delete: async () => true }, { remove: [{ vmi, reason: 'Surplus', ...removal }] });
  assert.deepEqual(await remove({}), ['ended anweddol/lab Surplus']);
  assert.deepEqual(await remove({ reason: 'StartDeadline', failed: { bootedAt: 0, why: 'slow' } }), [
    'ended anweddol/lab StartDeadline',
    'failed anweddol/lab warm',
  ]);
  assert.deepEqual(await carriedOut({ delete: conflict }, { remove: [{ vmi, reason: 'Surplus' }] }), []);
});
