import assert from 'node:assert/strict';
import test from 'node:test';
import { type ShutdownStep, shutDownInOrder } from '../../../src/runtime/shut-down.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordedLog } from '../../support/recorded-log.ts';

function shutDown(steps: ShutdownStep[], clock = new FakeClock()) {
  const log = new RecordedLog();
  return { clock, log, closed: shutDownInOrder(steps, { clock, log }) };
}

test('a step begins when the one before it has ended', async () => {
  const told: string[] = [];
  const clock = new FakeClock();
  const sources = async () => {
    told.push('sources stop');
    await clock.sleep(100);
    told.push('sources stopped');
  };
  const { closed, log } = shutDown(
    [
      { name: 'sources', close: sources },
      { name: 'queues', close: () => told.push('queues') },
      { name: 'lease', close: () => told.push('lease') },
    ],
    clock,
  );
  await clock.advance(99);
  assert.deepEqual(told, ['sources stop']);
  await clock.advance(1);
  assert.equal(await closed, true);
  assert.deepEqual(told, ['sources stop', 'sources stopped', 'queues', 'lease']);
  assert.deepEqual([clock.pending, log.entries.filter(({ level }) => level !== 'debug')], [0, []]);
});

test('a step that is late is told so, logged, and left behind', async () => {
  const told: string[] = [];
  const { clock, closed, log } = shutDown([
    {
      name: 'queues',
      timeoutMs: 2_000,
      close: (signal) => new Promise(() => signal.addEventListener('abort', () => told.push(signal.reason.message))),
    },
    { name: 'lease', close: () => told.push('lease') },
  ]);
  await clock.advance(1_999);
  assert.deepEqual(told, []);
  await clock.advance(1);
  assert.equal(await closed, false);
  assert.deepEqual(told, ['closing queues took longer than 2000 ms', 'lease']);
  const { level, message, fields } = await log.line('late');
  assert.deepEqual(
    [level, message, fields],
    ['warn', 'a step of the shutdown is late', { step: 'queues', timeoutMs: 2_000 }],
  );
});

test('a step that fails, at once or later, does not keep the next from its turn', async () => {
  const told: string[] = [];
  const { closed, log } = shutDown([
    {
      name: 'one',
      close: () => {
        throw new Error('a bug');
      },
    },
    { name: 'two', close: async () => Promise.reject(new Error('no network')) },
    { name: 'three', close: () => told.push('three') },
  ]);
  assert.equal(await closed, false);
  assert.deepEqual(told, ['three']);
  assert.deepEqual(
    log.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields.step),
    ['one', 'two'],
  );
});
