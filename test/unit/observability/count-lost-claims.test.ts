import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { Secret, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { countLostClaims } from '../../../src/main/server/count-lost-claims.ts';
import { addAnnotations, changeState, testUid } from '../../../src/virtualization/kubevirt/machine-patch.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const vmi = sampleMachine();
const CLAIM = [testUid('u'), ...changeState('warm', 'claimed'), ...addAnnotations({ a: 'b' })];
const HAND_OVER = [testUid('u'), ...changeState('claimed', 'ready')];

/** An API server that answers everything so. */
function scene(code: number, reason: string) {
  const refuse = () => Promise.reject(new KubeError({ code, reason, message: reason }));
  const lost: string[] = [];
  const kube = countLostClaims({ jsonPatch: refuse, create: refuse } as unknown as KubeClient, {
    claimLost: (start) => void lost.push(start),
  });
  const patch = (operations: typeof CLAIM) =>
    assert.rejects(kube.jsonPatch(VirtualMachineInstance, vmi.metadata, operations), { code });
  return { kube, lost, patch };
}

test('a warm container that somebody else had first, or that is gone, is a lost claim', async () => {
  for (const [code, reason] of [
    [422, 'Invalid'],
    [404, 'NotFound'],
  ] as const) {
    const { lost, patch } = scene(code, reason);
    await patch(CLAIM);
    assert.deepEqual(lost, ['warm']);
  }
});

test('a slot that is taken is a lost claim, another object that exists is none', async () => {
  const { kube, lost } = scene(409, 'AlreadyExists');
  await assert.rejects(kube.create(VirtualMachineInstance, vmi), { code: 409 });
  assert.deepEqual(lost, ['cold']);
  await assert.rejects(kube.create(Secret, { ...vmi, kind: 'Secret' } as unknown as Secret), { code: 409 });
  assert.deepEqual(lost, ['cold']);
});

test('neither a refused hand-over nor an API server that fails is a lost claim', async () => {
  const invalid = scene(422, 'Invalid');
  await invalid.patch(HAND_OVER);
  const failing = scene(500, 'InternalError');
  await failing.patch(CLAIM);
  await assert.rejects(failing.kube.create(VirtualMachineInstance, vmi), { code: 500 });
  assert.deepEqual([invalid.lost, failing.lost], [[], []]);
});
