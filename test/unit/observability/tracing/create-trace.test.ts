import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualizationError } from '../../../../src/virtualization/errors.ts';
import { createdContainer } from '../../../../src/wire/response.ts';
import { Collector, facts, type ReceivedSpan } from './collector.ts';
import { soon, startTracedServer } from './traced-server.ts';

/** Each span as the names from the first one down to it. */
function paths(spans: ReceivedSpan[]): string[] {
  const pathOf = ({ name, parentSpanId }: ReceivedSpan): string => {
    const parent = spans.find(({ spanId }) => spanId === parentSpanId);
    return parent ? `${pathOf(parent)} > ${name}` : name;
  };
  return spans.toSorted(byStart).map(pathOf);
}

const byStart = (a: ReceivedSpan, b: ReceivedSpan) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano));

function named(spans: ReceivedSpan[], name: string): ReceivedSpan {
  const span = spans.find((one) => one.name === name);
  assert.ok(span, `no span ${name}`);
  return span;
}

for (const start of ['cold', 'warm'] as const) {
  test(`a ${start} CREATE is one trace that tells what its time went to`, async () => {
    await using collector = await Collector.start();
    await using given = await startTracedServer(collector.endpoint, start === 'warm' ? { warm: ['good'] } : {});
    const container = createdContainer((await given.create()).data);
    await given.tracing.close(soon());
    const { spans } = collector;
    assert.deepEqual(paths(spans).toSorted(), [
      'CREATE',
      'CREATE > admission',
      'CREATE > claim',
      'CREATE > hand-over',
      'CREATE > reply',
      'CREATE > setup',
      'CREATE > shell',
    ]);
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
    assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
    assert.deepEqual(facts(named(spans, 'claim').attributes), {
      'anweddol.container.uuid': container.container_uuid,
      'anweddol.container.start': start,
    });
    assert.deepEqual(
      spans.map(({ name, kind }) => [name, kind]).filter(([, kind]) => kind !== 1),
      [['CREATE', 2]],
    );
    assert.deepEqual(
      spans.filter(({ status }) => status),
      [],
    );
  });
}

test('the parts of a CREATE lie within it, one after the other', async () => {
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint);
  await given.create();
  await given.tracing.close(soon());
  const whole = named(collector.spans, 'CREATE');
  let last = BigInt(whole.startTimeUnixNano);
  for (const name of ['admission', 'claim', 'shell', 'setup', 'hand-over', 'reply']) {
    const span = named(collector.spans, name);
    assert.ok(BigInt(span.startTimeUnixNano) >= last, name);
    assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), name);
    last = BigInt(span.endTimeUnixNano);
  }
  assert.ok(BigInt(whole.endTimeUnixNano) >= last);
});

test('a CREATE that finds no free slot has failed by that code, where it failed', async () => {
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint, { slots: 0 });
  assert.equal((await given.create()).message, 'Unavailable');
  await given.tracing.close(soon());
  const failed = collector.spans.filter(({ status }) => status);
  assert.deepEqual(
    failed.map(({ name, status, attributes }) => [name, status, facts(attributes)]),
    ['claim', 'CREATE'].map((name) => [name, { code: 2, message: 'NoFreeSlot' }, { 'error.type': 'NoFreeSlot' }]),
  );
});

test('a machine that fails tells its code and that it was destroyed, and nothing of its message', async () => {
  const boot = async () => {
    throw new VirtualizationError('NodeLost', 'node-of-somebody went away');
  };
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint, { boot });
  await given.create();
  await given.tracing.close(soon());
  assert.equal(named(collector.spans, 'CREATE').status?.message, 'NodeLost');
  assert.equal(named(collector.spans, 'shell').status?.message, 'NodeLost');
  assert.equal(named(collector.spans, 'destroy').status, undefined);
  assert.doesNotMatch(collector.bodies.join(), /somebody/);
});

test('a warm container that fails, and the one that was taken for it, are in the same trace', async () => {
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint, { slots: 3, warm: ['dead', 'good'] });
  assert.equal((await given.create()).message, 'OK');
  await given.tracing.close(soon());
  const claims = collector.spans.filter(({ name }) => name === 'claim');
  assert.equal(claims.length, 2);
  assert.equal(new Set(collector.spans.map(({ traceId }) => traceId)).size, 1);
  assert.equal(named(collector.spans, 'CREATE').status, undefined);
});

test('CREATEs at the same time are traces of their own', async () => {
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint, { slots: 4 });
  await Promise.all([1, 2, 3, 4].map(() => given.create()));
  await given.log.line('request answered', 4);
  await given.tracing.close(soon());
  const traces = Map.groupBy(collector.spans, ({ traceId }) => traceId);
  assert.equal(traces.size, 4);
  for (const spans of traces.values()) {
    assert.equal(spans.length, 7);
    assert.equal(paths(spans).filter((path) => path.split(' > ').length === 2).length, 6);
  }
});

test('no secret, no address and nothing of the client is in what is sent', async () => {
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint, { warm: ['refusing', 'good'], slots: 3 });
  const container = createdContainer((await given.create()).data);
  await given.tracing.close(soon());
  const sent = collector.bodies.join('\n');
  assert.match(sent, new RegExp(container.container_uuid));
  const client = (await given.log.line('container delivered')).fields.client;
  const { container_password, container_username, client_token, container_host_key_sha256 } = container;
  const secrets = [container_password, container_username, client_token, container_host_key_sha256, client, '127.'];
  for (const secret of secrets) {
    assert.ok(typeof secret === 'string' && secret.length >= 4);
    assert.ok(!sent.includes(secret), secret);
  }
});

for (const behaviour of [500, 503, 'hangs', 'down'] as const) {
  test(`a collector that ${behaviour === 'hangs' ? 'hangs' : `is ${behaviour}`} disturbs no CREATE`, async () => {
    await using collector = await Collector.start(behaviour === 'down' ? 200 : behaviour);
    const { endpoint } = collector;
    if (behaviour === 'down') await collector[Symbol.asyncDispose]();
    await using given = await startTracedServer(endpoint);
    const [first, second] = [await given.create(), await given.create()];
    assert.deepEqual([first.message, second.message], ['OK', 'OK']);
    // A stop that has no time left does not wait for it either.
    await given.tracing.close(AbortSignal.timeout(50));
    assert.equal(given.tracing.sent, 0);
    assert.equal(given.tracing.dropped, 14);
  });
}

test('what is not sampled is neither kept nor sent', async () => {
  await using collector = await Collector.start();
  await using given = await startTracedServer(collector.endpoint, { sampleRatio: 0 });
  assert.equal((await given.create()).message, 'OK');
  await given.tracing.close(soon());
  assert.equal(collector.connections, 0);
  assert.equal(given.tracing.dropped, 0);
});
