import assert from 'node:assert/strict';
import test from 'node:test';
import type { EventSink, Happening, ObjectReference } from '../../../../src/runtime/events/event.ts';
import { EventRecorder } from '../../../../src/runtime/events/event-recorder.ts';
import { TerminalError } from '../../../../src/runtime/outcome.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { MemorySink } from './memory-sink.ts';

const SERVER: ObjectReference = {
  apiVersion: 'anweddol.io/v1alpha1',
  kind: 'AnweddolServer',
  namespace: 'lab',
  name: 'lab',
};
const FAILED: Happening = { type: 'Warning', reason: 'IsoMissing', action: 'CheckIso', note: 'no ISO' };
const MINUTE = 60_000;

function record(options: { limit?: number; sink?: EventSink } = {}) {
  const clock = new FakeClock(1_000_000);
  const log = new RecordedLog();
  const sink = new MemorySink();
  const recorder = new EventRecorder({ sink, clock, log, ...options });
  return { clock, log, sink, recorder };
}

const otherNote = (number: number): Happening => ({ ...FAILED, note: `no ISO ${number}` });
const otherReason = (number: number): Happening => ({ ...FAILED, reason: `Reason${number}` });

test('an event is stored with what it says, and when', async () => {
  const { clock, sink, recorder } = record();
  recorder.event(SERVER, FAILED);
  await clock.advance(0);
  const [event] = [...sink.stored.values()];
  assert.deepEqual(event, { ...FAILED, regarding: SERVER, at: 1_000_000, id: event?.id });
  assert.match(event?.id ?? '', /^[0-9a-f]{16}$/);
});

test('the same again is one series: stored at the first repetition, then at most once a minute', async () => {
  const { clock, sink, recorder } = record();
  for (let second = 0; second < 180; second += 1) {
    recorder.event(SERVER, FAILED);
    await clock.advance(1_000);
  }
  assert.deepEqual(sink.calls, ['create', 'update', 'update', 'update']);
  const [event] = [...sink.stored.values()];
  assert.deepEqual(event?.series, { count: 180, lastAt: 1_179_000 });
});

test('what happens at once is stored as one event with its count', async () => {
  const { clock, sink, recorder } = record();
  for (let i = 0; i < 1000; i += 1) recorder.event(SERVER, FAILED);
  await clock.advance(MINUTE);
  assert.deepEqual([sink.summary, sink.calls], [[['no ISO', 1000]], ['create']]);
});

test('a series ends with six minutes of quiet', async () => {
  const { clock, sink, recorder } = record();
  recorder.event(SERVER, FAILED);
  await clock.advance(6 * MINUTE);
  recorder.event(SERVER, FAILED);
  await clock.advance(6 * MINUTE + 1);
  recorder.event(SERVER, FAILED);
  await clock.advance(MINUTE);
  assert.deepEqual(sink.summary, [
    ['no ISO', 2],
    ['no ISO', 1],
  ]);
});

test('another object, reason, action, type, related object or note is another event', async () => {
  const { clock, sink, recorder } = record();
  recorder.event(SERVER, FAILED);
  recorder.event({ ...SERVER, name: 'other' }, FAILED);
  recorder.event({ ...SERVER, uid: 'another life' }, FAILED);
  for (const difference of [
    { reason: 'Other' },
    { action: 'Other' },
    { type: 'Normal' as const },
    { note: 'other' },
    { related: SERVER },
  ]) {
    recorder.event(SERVER, { ...FAILED, ...difference });
  }
  await clock.advance(0);
  assert.equal(sink.stored.size, 8);
});

test('more than ten notes of one reason in ten minutes are combined', async () => {
  const { clock, sink, recorder } = record();
  for (let number = 1; number <= 30; number += 1) recorder.event(SERVER, otherNote(number));
  recorder.event(SERVER, otherNote(3));
  await clock.advance(MINUTE);
  assert.equal(sink.stored.size, 11);
  assert.deepEqual(sink.summary.at(-1), ['(combined from similar events): no ISO 11', 20]);
  assert.deepEqual(sink.summary[2], ['no ISO 3', 2]);
});

test('ten minutes later the notes get events of their own again', async () => {
  const { clock, sink, recorder } = record();
  for (let number = 1; number <= 11; number += 1) recorder.event(SERVER, otherNote(number));
  await clock.advance(10 * MINUTE + 1);
  recorder.event(SERVER, otherNote(12));
  await clock.advance(0);
  assert.deepEqual(sink.summary.at(-1), ['no ISO 12', 1]);
});

test('an object may cause 25 events at once and then one in five minutes; another object is free to', async () => {
  const { clock, sink, recorder } = record();
  for (let number = 1; number <= 100; number += 1) recorder.event(SERVER, otherReason(number));
  await clock.advance(0);
  assert.equal(sink.stored.size, 25);
  recorder.event({ ...SERVER, name: 'other' }, FAILED);
  await clock.advance(5 * MINUTE);
  assert.equal(sink.stored.size, 26);
  recorder.event(SERVER, otherReason(101));
  recorder.event(SERVER, otherReason(102));
  await clock.advance(0);
  assert.equal(sink.stored.size, 27);
});

test('an object that repeats itself all day long causes a write in five minutes, and no count is lost', async () => {
  const { clock, sink, recorder } = record();
  const hours = 10;
  for (let second = 0; second < hours * 3600; second += 10) {
    recorder.event(SERVER, FAILED);
    await clock.advance(10_000);
  }
  const most = 25 + (hours * 60) / 5;
  assert.ok(sink.calls.length <= most && sink.calls.length > most - 5, `${sink.calls.length} writes`);
  await clock.advance(5 * MINUTE);
  assert.deepEqual(sink.summary, [['no ISO', hours * 360]]);
});

test('an event that could not be stored is tried again, and has its count', async () => {
  const { clock, sink, log, recorder } = record();
  const fails = () => Promise.reject(new Error('no network'));
  sink.failures.push(fails, fails);
  recorder.event(SERVER, FAILED);
  await clock.advance(0);
  recorder.event(SERVER, FAILED);
  await clock.advance(5_000);
  assert.deepEqual([sink.summary, sink.calls], [[['no ISO', 2]], ['create', 'create', 'create']]);
  assert.deepEqual(
    log.entries.filter(({ level }) => level !== 'debug'),
    [],
  );
});

test('an event that is refused for good is logged and left, after twelve tries one that only fails', async () => {
  const { clock, sink, log, recorder } = record();
  sink.failures.push(() => Promise.reject(new TerminalError('forbidden')));
  recorder.event(SERVER, FAILED);
  await clock.advance(0);
  for (let i = 0; i < 20; i += 1) sink.failures.push(() => Promise.reject(new Error('no network')));
  recorder.event(SERVER, { ...FAILED, reason: 'Other' });
  await clock.advance(60 * MINUTE);
  assert.equal(sink.calls.length, 13);
  const warnings = log.entries.filter(({ level }) => level === 'warn');
  assert.deepEqual(
    warnings.map(({ message, fields }) => [message, fields.reason]),
    [
      ['an event could not be stored', 'IsoMissing'],
      ['an event could not be stored', 'Other'],
    ],
  );
});

test('a stored event that is gone is written anew', async () => {
  const { clock, sink, recorder } = record();
  recorder.event(SERVER, FAILED);
  await clock.advance(2 * MINUTE);
  const [old] = [...sink.stored.keys()];
  sink.stored.clear();
  recorder.event(SERVER, FAILED);
  await clock.advance(0);
  assert.deepEqual([sink.summary, sink.calls], [[['no ISO', 2]], ['create', 'update', 'create']]);
  assert.notEqual([...sink.stored.keys()][0], old);
});

test('a sink that hangs is given up on after ten seconds, and recording never waits for it', async () => {
  const signals: AbortSignal[] = [];
  const create = (_: unknown, signal: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signals.push(signal);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const { clock, recorder } = record({ sink: { create, update: async () => true } });
  recorder.event(SERVER, FAILED);
  recorder.event({ ...SERVER, name: 'other' }, FAILED);
  await clock.advance(9_999);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false],
  );
  await clock.advance(1);
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  );
});

test('what a caller gets wrong is logged, never thrown', () => {
  const { log, recorder } = record();
  recorder.event(SERVER, { ...FAILED, note: undefined as unknown as string });
  assert.equal(log.entries[0]?.message, 'an event could not be recorded');
});

test('closing stores what is not stored yet, with no wait for its time', async () => {
  const { clock, sink, recorder } = record();
  recorder.event(SERVER, FAILED);
  await clock.advance(0);
  recorder.event(SERVER, FAILED);
  await clock.advance(0);
  recorder.event(SERVER, FAILED);
  recorder.event(SERVER, { ...FAILED, reason: 'Other' });
  const closed = recorder.close(new AbortController().signal);
  await clock.advance(0);
  await closed;
  assert.deepEqual(sink.summary, [
    ['no ISO', 3],
    ['no ISO', 1],
  ]);
  assert.equal(clock.pending, 0);
  recorder.event(SERVER, otherNote(1));
  await clock.advance(MINUTE);
  assert.equal(sink.stored.size, 2);
});

test('closing with nothing to store is over at once; out of time it drops the rest and says how much', async () => {
  const idle = record();
  await idle.recorder.close(new AbortController().signal);
  assert.equal(idle.clock.pending, 0);
  const { clock, sink, log, recorder } = record();
  const fails = () => Promise.reject(new Error('no network'));
  sink.failures.push(fails, fails, fails);
  recorder.event(SERVER, FAILED);
  const outOfTime = new AbortController();
  const closed = recorder.close(outOfTime.signal);
  await clock.advance(0);
  outOfTime.abort();
  await closed;
  assert.deepEqual([log.entries.at(-1)?.message, log.entries.at(-1)?.fields.events], ['events are lost', 1]);
  assert.equal(clock.pending, 0);
});

test('however much happens, what is remembered and what waits is bounded', async () => {
  const { clock, sink, recorder } = record({ limit: 50 });
  for (let number = 0; number < 1000; number += 1) recorder.event({ ...SERVER, name: `server-${number}` }, FAILED);
  await clock.advance(0);
  const names = [...sink.stored.values()].map(({ regarding }) => regarding.name);
  assert.deepEqual(
    names,
    Array.from({ length: 50 }, (_, number) => `server-${number}`),
    'the rest was dropped',
  );
  for (let number = 1000; number < 1010; number += 1) recorder.event({ ...SERVER, name: `server-${number}` }, FAILED);
  await clock.advance(0);
  recorder.event({ ...SERVER, name: 'server-5' }, FAILED);
  await clock.advance(MINUTE);
  assert.equal(sink.stored.size, 61, 'server-5 was forgotten, so that this is an event of its own');
});
