import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorCode } from '../../../../src/observability/tracing/error-code.ts';
import { RecordingTracer } from '../../../../src/observability/tracing/recording-tracer.ts';
import { isSampled } from '../../../../src/observability/tracing/sampler.ts';
import type { SpanRecord } from '../../../../src/observability/tracing/span-record.ts';
import { parseTraceparent } from '../../../../src/observability/tracing/traceparent.ts';
import type { Tracer } from '../../../../src/runtime/tracing.ts';
import { VirtualizationError } from '../../../../src/virtualization/errors.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const NOW = 1_700_000_000_000;
const OTHER = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

function recording(sampleRatio = 1) {
  const spans: SpanRecord[] = [];
  const clock = new FakeClock(NOW);
  const tracer = new RecordingTracer({ clock, sampleRatio, sink: (span) => void spans.push(span) });
  return { spans, clock, tracer };
}

const nothing = async () => undefined;

interface Work {
  name: string;
  parts: Work[];
}

/** Work that has parts, which have parts, to a depth. */
const workOf: (depth: number) => fc.Arbitrary<Work> = (depth) =>
  fc.record({ name: fc.uuid(), parts: depth === 0 ? fc.constant([]) : fc.array(workOf(depth - 1), { maxLength: 3 }) });

async function doAll({ parts }: Work, tracer: Tracer): Promise<void> {
  await Promise.all(parts.map((part) => tracer.span(part.name, () => doAll(part, tracer))));
}

test('whatever runs at the same time, the parent of a span is the work that has called it', async () => {
  await fc.assert(
    fc.asyncProperty(workOf(3), async (root) => {
      const { spans, tracer } = recording();
      await tracer.trace(root.name, NOW, () => doAll(root, tracer));
      const parentOf = (span: SpanRecord) => spans.find(({ spanId }) => spanId === span.parentId)?.name;
      const calls = (of: Work): string[] => of.parts.flatMap((part) => [`${of.name} ${part.name}`, ...calls(part)]);
      const recorded = spans.filter(({ parentId }) => parentId).map((span) => `${parentOf(span)} ${span.name}`);
      assert.deepEqual(recorded.toSorted(), calls(root).toSorted());
      assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
    }),
    { numRuns: 50 },
  );
});

test('no span ends before it begins, also when somebody sets the clock back', async () => {
  const { spans, clock, tracer } = recording();
  await tracer.trace('CREATE', NOW - 20, async () => {
    tracer.past('admission', NOW - 20);
    clock.setForward(-60_000);
    await clock.advance(5);
    tracer.past('never was', NOW + 60_000);
  });
  assert.deepEqual(
    spans.map(({ name, start, end }) => [name, start - NOW, end - NOW]),
    [
      ['admission', -20, 0],
      ['never was', 5, 5],
      ['CREATE', -20, 5],
    ],
  );
});

test('outside of a trace work is done and not recorded', async () => {
  const { spans, tracer } = recording();
  assert.equal(await tracer.span('claim', async () => 3), 3);
  tracer.past('admission', NOW);
  assert.equal(tracer.traceparent, undefined);
  assert.deepEqual(spans, []);
});

test('another program goes on below the first span of this one', async () => {
  const { spans, tracer } = recording();
  const traceparent = await tracer.trace('CREATE', NOW, () => tracer.span('claim', async () => tracer.traceparent));
  const [claim, create] = spans;
  assert.equal(traceparent, `00-${create?.traceId}-${create?.spanId}-01`);
  const there = recording(0);
  await there.tracer.join(traceparent, 'open-way-in', nothing);
  const [joined] = there.spans;
  assert.deepEqual([joined?.traceId, joined?.parentId], [create?.traceId, create?.spanId]);
  assert.equal(claim?.parentId, create?.spanId);
});

for (const text of [
  undefined,
  '',
  'nonsense',
  OTHER.replace('00-', '01-'),
  OTHER.toUpperCase(),
  OTHER.replace('cd'.repeat(8), '0'.repeat(16)),
  OTHER.replace('ab'.repeat(16), '0'.repeat(32)),
  OTHER.replace(/01$/, '00'),
  `${OTHER}-more`,
]) {
  test(`nothing is recorded for the traceparent ${text}`, async () => {
    const { spans, tracer } = recording();
    const inside = await tracer.trace('CREATE', NOW, () => tracer.join(text, 'end', async () => tracer.traceparent));
    assert.equal(inside, undefined);
    assert.deepEqual(
      spans.map(({ name }) => name),
      ['CREATE'],
    );
  });
}

test('a traceparent with more flags is one that is recorded', () => {
  assert.deepEqual(parseTraceparent(OTHER.replace(/01$/, '03')), { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) });
});

test('what work throws is thrown on, and stands in its span by its code', async () => {
  const { spans, tracer } = recording();
  const error = new VirtualizationError('NoFreeSlot', 'all 6 containers of lab are in use');
  const failing = tracer.trace('CREATE', NOW, (span) => {
    span.fail('ClientLeft');
    return tracer.span('claim', () => Promise.reject(error));
  });
  await assert.rejects(failing, error);
  assert.deepEqual(
    spans.map(({ name, error: code }) => [name, code]),
    [
      ['claim', 'NoFreeSlot'],
      ['CREATE', 'ClientLeft'],
    ],
  );
});

test('an error without a constant word for it is one in one word', () => {
  const odd = Object.assign(new Error('no'), { code: 'password hunter2' });
  const coded = Object.assign(new Error('no'), { code: 'ECONNRESET' });
  const numbered = Object.assign(new TypeError('no'), { code: 404 });
  assert.deepEqual([odd, coded, numbered, 'text', undefined].map(errorCode), [
    'Error',
    'ECONNRESET',
    'TypeError',
    'Error',
    'Error',
  ]);
});

test('all are sampled, none, or about the share that is asked for, the same for the same trace', () => {
  const ids = fc.sample(fc.tuple(fc.bigInt(0n, 2n ** 128n - 1n)), { numRuns: 2_000, seed: 1 });
  const hex = ids.map(([id]) => id.toString(16).padStart(32, '0'));
  assert.ok(hex.every((id) => isSampled(id, 1) && !isSampled(id, 0)));
  fc.assert(
    fc.property(fc.constantFrom(...hex), fc.double({ min: 0, max: 1, noNaN: true }), (id, ratio) => {
      // What a smaller share has is in a larger one.
      if (isSampled(id, ratio / 2)) assert.ok(isSampled(id, ratio));
    }),
  );
  const { tracer, spans } = recording(0.25);
  return Promise.all(Array.from({ length: 4_000 }, () => tracer.trace('CREATE', NOW, nothing))).then(() => {
    // Seven standard deviations to either side.
    assert.ok(spans.length > 808 && spans.length < 1_192, String(spans.length));
  });
});
