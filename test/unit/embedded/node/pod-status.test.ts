import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerStatus, newRecord } from '../../../../src/embedded/node/pods/container-record.ts';
import { podStatus } from '../../../../src/embedded/node/pods/pod-status.ts';
import type { Pod } from '../../../../src/kube/resources.ts';

const START = '2026-01-01T00:00:00Z';
const LATER = '2026-01-01T00:01:00Z';

const waiting = { state: { waiting: { reason: 'ContainerCreating' } } };
const running = { state: { running: { startedAt: START } }, started: true, ready: true };
const ended = (exitCode: number) => ({ state: { terminated: { exitCode } } });
const backedOff = { ...waiting, lastState: ended(1).state };

test('the phase tells how far the containers are, and what their policy makes of their ends', () => {
  assert.equal(status([waiting]).phase, 'Pending');
  assert.equal(status([running, waiting]).phase, 'Pending');
  assert.equal(status([running, running]).phase, 'Running');
  assert.equal(status([backedOff]).phase, 'Running');
  assert.equal(status([ended(1)]).phase, 'Running');
  assert.equal(status([ended(0), ended(0)], 'Never').phase, 'Succeeded');
  assert.equal(status([ended(0), ended(1)], 'Never').phase, 'Failed');
  assert.equal(status([ended(0)], 'OnFailure').phase, 'Succeeded');
});

test('a pod is ready when all its containers are, and its gates are open', () => {
  const gate = (open: string): Partial<Pod> => ({
    spec: { containers: [], readinessGates: [{ conditionType: 'gate' }] },
    status: { conditions: [{ type: 'gate', status: open }] },
  });
  assert.equal(condition(status([running, { ...running, ready: false }]), 'Ready')?.status, 'False');
  assert.equal(condition(status([running]), 'Ready')?.status, 'True');
  assert.equal(condition(status([running], 'Always', gate('False')), 'Ready')?.reason, 'ReadinessGatesNotReady');
  assert.equal(condition(status([running], 'Always', gate('True')), 'Ready')?.status, 'True');
});

test('a condition keeps its time until it turns', () => {
  const before = status([waiting]);
  const after = status([running], 'Always', {}, before.conditions);
  assert.equal(condition(after, 'PodScheduled')?.lastTransitionTime, START);
  const facts = { ...factsOf([running]) };
  const last = podStatus(pod(), facts, before.conditions ?? [], LATER);
  assert.equal(condition(last, 'Ready')?.lastTransitionTime, LATER);
  assert.equal(condition(last, 'PodScheduled')?.lastTransitionTime, START);
});

function pod(policy = 'Always', more: Partial<Pod> = {}): Pod {
  const spec = { containers: [], ...more.spec, restartPolicy: policy };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, ...more, spec };
}

function factsOf(containers: object[]) {
  const statuses = containers.map((fields, index) =>
    containerStatus({ ...newRecord({ name: `c${index}` }), ...fields }),
  );
  const addresses = { pod: '10.244.1.1', host: '10.244.0.1' };
  return { addresses, startTime: START, initContainers: [], containers: statuses };
}

function status(
  containers: object[],
  policy = 'Always',
  more: Partial<Pod> = {},
  before: Parameters<typeof podStatus>[2] = [],
) {
  return podStatus(pod(policy, more), factsOf(containers), before, START);
}

function condition({ conditions }: ReturnType<typeof podStatus>, type: string) {
  return conditions?.find((one) => one.type === type);
}
