import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MeasuredBackend } from '../../../src/main/server/measured-backend.ts';
import type { ContainerBackend, ContainerRecord } from '../../../src/virtualization/container-backend.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const signal = new AbortController().signal;
const credentials = { username: 'user', password: 'secret', hostKeyFingerprint: 'SHA256:x' };
const claim = { uuid: 'u', clientId: '1', clientTokenSha256: 'cd' };
const warmClaim = { clientId: '1', clientTokenSha256Of: async () => 'cd' };

/** A platform on which each call takes its time, in milliseconds. */
function platform(clock: FakeClock, isWarm: boolean): ContainerBackend {
  const record: ContainerRecord = { uuid: 'u', listenPort: 1, instanceId: 'i', clientTokenSha256: 'cd', isWarm };
  const after = async <T>(ms: number, value: T): Promise<T> => {
    await clock.advance(ms);
    return value;
  };
  return {
    isoSha256: 'ab',
    endpoint: { username: 'endpoint', password: 'endpoint', port: 22 },
    available: () => 3,
    claimWarm: () => after(10, isWarm ? record : undefined),
    claim: () => after(20, record),
    started: () => after(300, { address: '10.0.0.1' }),
    handOver: () => after(50, undefined),
    delivered: () => after(7, undefined),
    find: async () => record,
    destroy: () => after(1, undefined),
  };
}

function scene(isWarm: boolean, change: Partial<ContainerBackend> = {}) {
  const clock = new FakeClock();
  const told: string[] = [];
  const metrics = { phaseTook: (...words: unknown[]) => void told.push(words.join(' ')) };
  return { clock, told, backend: new MeasuredBackend({ ...platform(clock, isWarm), ...change }, metrics, clock) };
}

test('each phase of a cold CREATE is told, also those between the calls', async () => {
  const { backend, clock, told } = scene(false);
  assert.equal(await backend.claimWarm(warmClaim, signal), undefined);
  const record = await backend.claim(claim, signal);
  await backend.started(record, signal);
  await clock.advance(400);
  await backend.handOver(record, credentials, signal);
  await clock.advance(5);
  await backend.delivered(record, signal);
  assert.deepEqual(told, ['claim cold 20', 'boot cold 300', 'login cold 400', 'secret cold 50', 'reply cold 5']);
});

test('those of a warm container are told as such', async () => {
  const { backend, told } = scene(true);
  const record = await backend.claimWarm(warmClaim, signal);
  assert.ok(record);
  await backend.started(record, signal);
  assert.deepEqual(told, ['claim warm 10', 'boot warm 300']);
});

test('a phase that fails is not told, nor what comes after a container is destroyed', async () => {
  const { backend, told } = scene(false, { handOver: () => Promise.reject(new Error('refused')) });
  const record = await backend.claim(claim, signal);
  await backend.started(record, signal);
  await assert.rejects(backend.handOver(record, credentials, signal));
  await backend.destroy(record, signal);
  await backend.delivered(record, signal);
  assert.deepEqual(told, ['claim cold 20', 'boot cold 300', 'login cold 0']);
});

test('a container that was only looked for is not timed, and a backend without warm ones has none', async () => {
  const { backend, told } = scene(false, { claimWarm: undefined as never });
  assert.equal(await backend.claimWarm(warmClaim, signal), undefined);
  const record = await backend.find('u', signal);
  assert.ok(record);
  await backend.destroy(record, signal);
  assert.deepEqual([told, backend.available(), backend.isoSha256, backend.endpoint.port], [[], 3, 'ab', 22]);
});
