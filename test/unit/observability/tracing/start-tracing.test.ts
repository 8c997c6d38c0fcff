import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { tracesEndpoint } from '../../../../src/observability/tracing/endpoint.ts';
import { startTracing } from '../../../../src/observability/tracing/start-tracing.ts';
import { systemClock as clock } from '../../../../src/runtime/system-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { Collector } from './collector.ts';

const START = new URL('../../../../src/observability/tracing/start-tracing.ts', import.meta.url).href;

/** The modules of the exporter that a program has loaded once tracing was started. */
function loadedModules(target: string): string[] {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { startTracing } = await import(${JSON.stringify(START)});
    const log = { info() {}, warn() {} };
    const registry = { registerMetric() {} };
    await startTracing(${target}, { program: 'test', version: '1', registry, log });
    process.stdout.write(JSON.stringify(loaded));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const files = (JSON.parse(stdout) as string[]).map((url) => url.split('/').at(-1) ?? '');
  return files.filter((file) => /^(open-tracing|span-exporter|post-spans|recording-tracer|otlp)\.ts$/.test(file));
}

test('a program that nobody follows loads nothing of the exporter, and one that is followed does', () => {
  assert.deepEqual(loadedModules('undefined'), []);
  assert.equal(loadedModules(`{ endpoint: 'http://127.0.0.1:9/v1/traces', sampleRatio: 1 }`).length, 5);
});

test('a program that nobody follows does its work, has no metric of it and logs nothing', async () => {
  const log = new RecordedLog();
  const registry = new Registry();
  const { tracer, close } = await startTracing(undefined, { program: 'test', version: '1', registry, clock, log });
  assert.equal(await tracer.trace('CREATE', 0, () => tracer.span('claim', async () => 3)), 3);
  await assert.rejects(
    tracer.join(undefined, 'end', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(tracer.traceparent, undefined);
  await close(AbortSignal.abort());
  assert.deepEqual([registry.getMetricsAsArray(), log.entries], [[], []]);
});

test('spans say whose they are, and metrics how many were sent and lost', async () => {
  const registry = new Registry();
  await using collector = await Collector.start();
  const { tracer, close } = await startTracing(
    { endpoint: collector.endpoint, sampleRatio: 1 },
    {
      program: 'anweddol-server',
      version: '1.2.3',
      server: { namespace: 'class', name: 'lab' },
      registry,
      clock,
      log: new RecordedLog(),
    },
  );
  await tracer.trace('CREATE', clock.now(), async () => undefined);
  await close(AbortSignal.timeout(20_000));
  await tracer.trace('CREATE', clock.now(), async () => undefined);
  const { 'service.instance.id': instance, ...others } = collector.resource;
  assert.ok(instance);
  assert.deepEqual(others, {
    'service.name': 'anweddol-server',
    'service.version': '1.2.3',
    'k8s.namespace.name': 'class',
    'anweddol.server.name': 'lab',
  });
  assert.deepEqual(collector.paths, ['POST /v1/traces application/json']);
  const text = await registry.metrics();
  assert.match(text, /^anweddol_trace_spans_total\{outcome="sent"\} 1$/m);
  assert.match(text, /^anweddol_trace_spans_total\{outcome="dropped"\} 1$/m);
});

for (const [text, endpoint] of [
  ['http://collector.tracing.svc:4318', 'http://collector.tracing.svc:4318/v1/traces'],
  ['https://10.1.2.3/', 'https://10.1.2.3/v1/traces'],
  ['http://[fd00::1]:4318/v1/traces', 'http://[fd00::1]:4318/v1/traces'],
  ['https://registry.example/otlp?team=lab', 'https://registry.example/otlp?team=lab'],
  ['collector:4318', undefined],
  ['grpc://collector:4317', undefined],
  ['http://user:word@collector:4318', undefined],
  ['http://', undefined],
  ['', undefined],
] as const) {
  test(`traces to "${text}" go to ${endpoint ?? 'nowhere: it is refused'}`, () => {
    assert.equal(tracesEndpoint(text), endpoint);
  });
}
