import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeError } from '../../../src/kube/errors.ts';
import { Deployment } from '../../../src/kube/resources.ts';
import { Refusals, refusedFinding, Steps } from '../../../src/operator/refusals.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const manifest = (replicas = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'lab-server', namespace: 'default' },
  spec: { replicas, selector: {}, template: {} },
});
const refusal = (code = 422) => new KubeError({ code, reason: 'Invalid', message: 'it will not do' });

/** Tries to write, and counts. */
function tries(refusals: Refusals, outcome: () => Promise<boolean>) {
  let count = 0;
  return {
    count: () => count,
    write: (replicas = 1) =>
      refusals.unlessRefused(Deployment, manifest(replicas), () => {
        count += 1;
        return outcome();
      }),
  };
}

test('what was refused is not asked for again within a minute', async () => {
  const clock = new FakeClock();
  const { write, count } = tries(new Refusals(clock), () => Promise.reject(refusal()));
  await assert.rejects(write(), /it will not do/);
  await clock.advance(59_000);
  await assert.rejects(write(), /it will not do/);
  assert.equal(count(), 1);
  await clock.advance(1_000);
  await assert.rejects(write(), /it will not do/);
  assert.equal(count(), 2);
});

test('another manifest is tried at once, and what was taken is forgotten', async () => {
  let isTaken = false;
  const { write, count } = tries(new Refusals(new FakeClock()), async () => {
    if (!isTaken) throw refusal(403);
    return true;
  });
  await assert.rejects(write(1));
  isTaken = true;
  assert.equal(await write(2), true);
  assert.equal(await write(1), true);
  assert.equal(count(), 3);
});

test('a failure that is no refusal is thrown as it is, and tried again', async () => {
  const failure = new KubeError({ code: 500, reason: 'InternalError', message: 'try later' });
  const { write, count } = tries(new Refusals(new FakeClock()), () => Promise.reject(failure));
  await assert.rejects(write(), (error) => error === failure);
  await assert.rejects(write(), (error) => error === failure);
  assert.equal(count(), 2);
});

test('a step that is refused does not keep the next from being taken, and all refusals are told together', async () => {
  const steps = new Steps();
  const { write } = tries(new Refusals(new FakeClock()), () => Promise.reject(refusal(400)));
  assert.equal(await steps.take(write()), undefined);
  assert.equal(await steps.take(Promise.resolve('done')), 'done');
  const details = { kind: 'secrets', name: 'lab-key' };
  const quota = new KubeError({ code: 403, reason: 'Forbidden', message: 'exceeded quota', details });
  assert.equal(await steps.take(Promise.reject(quota)), undefined);
  assert.deepEqual(refusedFinding(steps.refused), {
    status: 'False',
    reason: 'ObjectRefused',
    message: 'Deployment lab-server was refused: it will not do; secrets lab-key was refused: exceeded quota',
    againMs: 60_000,
  });
  await assert.rejects(steps.take(Promise.reject(new KubeError({ code: 409, reason: 'Conflict', message: 'x' }))));
  assert.equal(refusedFinding([]), undefined);
});
