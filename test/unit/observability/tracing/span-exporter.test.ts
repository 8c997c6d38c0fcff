import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otlpJson } from '../../../../src/observability/tracing/otlp.ts';
import { type PostSpans, spanPoster, type Verdict } from '../../../../src/observability/tracing/post-spans.ts';
import { SpanExporter } from '../../../../src/observability/tracing/span-exporter.ts';
import type { SpanRecord } from '../../../../src/observability/tracing/span-record.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { Collector } from './collector.ts';

const CAPACITY = 2_048;
const soon = () => AbortSignal.timeout(20_000);
const spanOf = (name: string): SpanRecord => ({
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name,
  start: 1_700_000_000_000.25,
  end: 1_700_000_000_001,
  attributes: { yes: true, whole: 3, part: 0.5 },
});

/** An exporter whose requests are answered as the test says, and which sizes they had. */
function scripted(answer: (request: number) => Verdict | Promise<Verdict>) {
  const clock = new FakeClock();
  const log = new RecordedLog();
  const sizes: number[] = [];
  const post: PostSpans = async (body) => {
    sizes.push(JSON.parse(body));
    return answer(sizes.length);
  };
  const exporter = new SpanExporter({ post, encode: (spans) => String(spans.length), clock, log });
  const add = (count: number) => {
    for (let left = count; left > 0; left -= 1) exporter.add(spanOf('work'));
  };
  return { exporter, clock, log, sizes, add };
}

const taken: Verdict = { outcome: 'taken' };
const later: Verdict = { outcome: 'later', reason: 'HTTP 503' };

test('spans are gathered for some seconds, and nothing is asked while there are none', async () => {
  const { exporter, clock, sizes, add } = scripted(() => taken);
  await clock.advance(60_000);
  assert.equal(clock.pending, 0);
  add(3);
  await clock.advance(4_999);
  assert.deepEqual(sizes, []);
  await clock.advance(1);
  assert.deepEqual(sizes, [3]);
  assert.equal(exporter.sent, 3);
  assert.equal(clock.pending, 0);
});

test('a full request does not wait', async () => {
  const { clock, sizes, add } = scripted(() => taken);
  add(512);
  await clock.advance(0);
  assert.deepEqual(sizes, [512]);
});

test('a collector that is not there costs no more than its queue, and has what it holds when it is back', async () => {
  let isBack = false;
  const { exporter, clock, log, add } = scripted(() => (isBack ? taken : later));
  for (let round = 0; round < 20; round += 1) {
    add(1_000);
    await clock.advance(10_000);
  }
  assert.equal(exporter.dropped, 20_000 - CAPACITY);
  isBack = true;
  await clock.advance(80_000);
  assert.equal(exporter.sent, CAPACITY);
  assert.deepEqual(
    log.entries.map(({ level, message }) => [level, message]),
    [
      ['warn', 'the collector does not take traces'],
      ['info', 'the collector takes traces again'],
    ],
  );
});

test('the longer a collector fails, the more seldom it is asked', async () => {
  const { clock, sizes, add } = scripted(() => later);
  add(1);
  const pauses: number[] = [];
  for (let request = 0; request < 6; request += 1) pauses.push(await clock.advanceToNext());
  assert.equal(sizes.length, 6);
  assert.deepEqual(pauses, [5_000, 10_000, 20_000, 40_000, 80_000, 80_000]);
});

test('what a collector refuses for good is dropped, and the next request goes on', async () => {
  const { exporter, clock, sizes, add } = scripted((request) =>
    request === 1 ? { outcome: 'refused', reason: 'HTTP 400' } : taken,
  );
  add(700);
  await clock.advance(5_000);
  assert.deepEqual([sizes, exporter.dropped, exporter.sent], [[512, 188], 512, 188]);
});

test('one request is under way at a time, and one that is not answered is given up', async () => {
  const clock = new FakeClock();
  const log = new RecordedLog();
  await using collector = await Collector.start('hangs');
  const { post, close } = spanPoster(new URL(collector.endpoint));
  const encode = (spans: readonly SpanRecord[]) => otlpJson(spans, {});
  const exporter = new SpanExporter({ post, encode, clock, log });
  for (let spans = 0; spans < 600; spans += 1) exporter.add(spanOf('work'));
  await collector.asked(1);
  await clock.advance(9_999);
  assert.equal(collector.bodies.length, 1);
  await clock.advance(1);
  await log.line('does not take traces');
  assert.equal(collector.bodies.length, 1);
  collector.behaviour = 200;
  await exporter.close(soon());
  close();
  assert.equal(exporter.sent, 600);
});

test('an end sends what is left, and drops what comes after it', async () => {
  const { exporter, sizes, add } = scripted(() => taken);
  add(2);
  await exporter.close(soon());
  add(1);
  assert.deepEqual([sizes, exporter.sent, exporter.dropped], [[2], 2, 1]);
});

test('an end whose time is up waits for no collector', async () => {
  const clock = new FakeClock();
  await using collector = await Collector.start('hangs');
  const { post, close } = spanPoster(new URL(collector.endpoint));
  const encode = (spans: readonly SpanRecord[]) => otlpJson(spans, {});
  const exporter = new SpanExporter({ post, encode, clock, log: new RecordedLog() });
  exporter.add(spanOf('work'));
  const late = new AbortController();
  const closed = exporter.close(late.signal);
  await collector.asked(1);
  late.abort();
  // No time passes: the deadline of the request does not help.
  await closed;
  close();
  assert.deepEqual([exporter.sent, exporter.dropped], [0, 1]);
});

test('an encoder that throws ends neither the program nor the export', async () => {
  const log = new RecordedLog();
  const encode = () => {
    throw new TypeError('no');
  };
  const exporter = new SpanExporter({ post: async () => taken, encode, clock: systemClock, log });
  exporter.add(spanOf('work'));
  await exporter.close(soon());
  assert.equal(exporter.dropped, 1);
});

for (const [status, outcome] of [
  [200, 'taken'],
  [202, 'taken'],
  [307, 'refused'],
  [400, 'refused'],
  [404, 'refused'],
  [429, 'later'],
  [500, 'refused'],
  [502, 'later'],
  [503, 'later'],
  [504, 'later'],
] as const) {
  test(`the answer ${status} means: ${outcome}`, async () => {
    await using collector = await Collector.start(status);
    const { post, close } = spanPoster(new URL(collector.endpoint));
    assert.equal((await post('{}', soon())).outcome, outcome);
    close();
  });
}

test('spans are written as OTLP in JSON has them', () => {
  const { resourceSpans } = JSON.parse(
    otlpJson([{ ...spanOf('work'), parentId: '12'.repeat(8), error: 'NoFreeSlot' }], { 'service.name': 'lab' }),
  );
  assert.deepEqual(resourceSpans, [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'lab' } }] },
      scopeSpans: [
        {
          scope: { name: 'anweddol' },
          spans: [
            {
              traceId: 'ab'.repeat(16),
              spanId: 'cd'.repeat(8),
              parentSpanId: '12'.repeat(8),
              flags: 1,
              name: 'work',
              kind: 1,
              startTimeUnixNano: '1700000000000250000',
              endTimeUnixNano: '1700000000001000000',
              attributes: [
                { key: 'yes', value: { boolValue: true } },
                { key: 'whole', value: { intValue: '3' } },
                { key: 'part', value: { doubleValue: 0.5 } },
                { key: 'error.type', value: { stringValue: 'NoFreeSlot' } },
              ],
              status: { code: 2, message: 'NoFreeSlot' },
            },
          ],
        },
      ],
    },
  ]);
});
