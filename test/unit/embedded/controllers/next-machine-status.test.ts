import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launcherPod } from '../../../../src/embedded/controllers/kubevirt/launcher-pod.ts';
import { nextMachineStatus } from '../../../../src/embedded/controllers/kubevirt/next-machine-status.ts';
import type { Pod, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { machine } from '../node/machine-fixture.ts';

const NOW = '2026-01-01T00:00:00Z';

test('a machine is scheduling once it has a pod, and scheduled once that runs on a node', () => {
  assert.equal(nextMachineStatus(inPhase('Pending'), undefined, NOW).phase, undefined);
  assert.equal(nextMachineStatus(inPhase('Pending'), launcher({}), NOW).phase, 'Scheduling');
  assert.equal(nextMachineStatus(inPhase('Scheduling'), launcher({}), NOW).phase, undefined);
  const next = nextMachineStatus(inPhase('Scheduling'), launcher({ running: true }), NOW);
  assert.equal(next.phase, 'Scheduled');
  assert.equal(next.nodeName, 'node');
  assert.deepEqual(next.phaseTransitionTimestamps?.at(-1), { phase: 'Scheduled', phaseTransitionTimestamp: NOW });
});

test('a machine whose image is not to be had stays scheduling, and says why', () => {
  const waiting = { reason: 'ErrImagePull', message: 'not found' };
  const pod = launcher({ waiting });
  const next = nextMachineStatus(inPhase('Scheduling'), pod, NOW);
  assert.equal(next.phase, undefined);
  assert.deepEqual(condition(next, 'Synchronized'), {
    type: 'Synchronized',
    status: 'False',
    ...waiting,
    lastProbeTime: null,
    lastTransitionTime: NOW,
  });
});

test('a running machine is ready as its pod is', () => {
  const ready = nextMachineStatus(inPhase('Running'), launcher({ running: true, ready: true }), NOW);
  assert.equal(condition(ready, 'Ready')?.status, 'True');
  const unready = nextMachineStatus(inPhase('Running'), launcher({ running: true }), NOW);
  assert.equal(condition(unready, 'Ready')?.status, 'False');
});

test('a machine that does not run is not ready, whatever its pod says', () => {
  const next = nextMachineStatus(inPhase('Scheduled'), launcher({ running: true, ready: true }), NOW);
  assert.equal(condition(next, 'Ready')?.reason, 'GuestNotRunning');
  assert.equal(condition(nextMachineStatus(inPhase('Running'), undefined, NOW), 'Ready')?.reason, 'PodNotExists');
});

test('a machine that has lost its pod has failed; a final machine stays what it is', () => {
  for (const phase of ['Scheduling', 'Scheduled', 'Running']) {
    assert.equal(nextMachineStatus(inPhase(phase), undefined, NOW).phase, 'Failed');
  }
  assert.equal(nextMachineStatus(inPhase('Succeeded'), undefined, NOW).phase, undefined);
});

test('a machine that is deleted before it has a node has failed once its pod is going', () => {
  const deleted = (phase: string): VirtualMachineInstance => {
    const vmi = inPhase(phase);
    return { ...vmi, metadata: { ...vmi.metadata, deletionTimestamp: NOW } };
  };
  assert.equal(nextMachineStatus(deleted('Pending'), undefined, NOW).phase, 'Failed');
  assert.equal(nextMachineStatus(deleted('Scheduling'), launcher({ running: true }), NOW).phase, undefined);
  const going = launcher({});
  going.metadata.deletionTimestamp = NOW;
  assert.equal(nextMachineStatus(deleted('Scheduling'), going, NOW).phase, 'Failed');
  assert.equal(nextMachineStatus(deleted('Running'), going, NOW).phase, undefined);
});

test('nothing is written when all is said', () => {
  const vmi = inPhase('Scheduling');
  const pod = launcher({});
  vmi.status = { ...vmi.status, ...nextMachineStatus(vmi, pod, NOW) };
  assert.deepEqual(nextMachineStatus(vmi, pod, '2026-01-01T00:00:09Z'), {});
});

function inPhase(phase: string): VirtualMachineInstance {
  const vmi = machine();
  vmi.status = { phase };
  return vmi;
}

function launcher(state: { running?: boolean; ready?: boolean; waiting?: { reason: string; message: string } }): Pod {
  const pod = launcherPod(machine());
  pod.metadata.uid = 'uid-of-the-pod';
  const { running = false, ready = false, waiting } = state;
  if (running && pod.spec) pod.spec.nodeName = 'node';
  const own = running ? { running: { startedAt: NOW } } : { waiting: waiting ?? { reason: 'ContainerCreating' } };
  const status = (name: string, isReady: boolean) => ({
    ...{ name, ready: isReady, state: own, image: '', imageID: '', restartCount: 0 },
  });
  pod.status = {
    phase: running ? 'Running' : 'Pending',
    containerStatuses: [status('compute', ready), status('volumeiso', running)],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  };
  return pod;
}

function condition(status: ReturnType<typeof nextMachineStatus>, type: string) {
  return status.conditions?.find((one) => one.type === type);
}
