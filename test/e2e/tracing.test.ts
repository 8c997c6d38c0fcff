import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Deployment, Pod } from '../../src/kube/resources.ts';
import { watched } from '../../src/kube/watched.ts';
import { create, destroy } from '../../src/main/demo/walkthrough.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { readyServer, startTestLab, type TestLab } from '../support/lab.ts';
import { IN_MEMORY } from '../support/planes.ts';
import { Collector, facts } from '../unit/observability/tracing/collector.ts';

const VARIABLE = 'ANWEDDOL_TRACES_ENDPOINT';
let collector: Collector;
let testLab: TestLab;

before(async () => {
  collector = await Collector.start();
  testLab = await startTestLab('127.0.0.43', IN_MEMORY, { hollow: true });
});
after(async () => {
  await testLab?.close();
  await collector?.[Symbol.asyncDispose]();
});

/** Gives the operator one more variable, and waits until none without it is left. */
async function tellOperator(name: string, value: string): Promise<void> {
  const { lab, operatorNamespace: namespace, patience } = testLab;
  const path = '/spec/template/spec/containers/0/env';
  await lab.kube.jsonPatch(Deployment, { namespace, name: 'anweddol-operator' }, [
    { op: 'add', path, value: [{ name, value }] },
  ]);
  const log = createLog('test', 'silent');
  const pods = watched(lab.kube, Pod, { namespace }, { clock, log, signal: patience() });
  const isTold = (pod: Pod) => pod.spec?.containers[0]?.env?.some((variable) => variable.name === name);
  await pods.waitFor((store) => (store.list().length === 1 && store.list().every(isTold)) || undefined, patience());
}

test('server pod and operator tell one trace of a CREATE to the collector that the operator names', async () => {
  await tellOperator(VARIABLE, collector.endpoint);
  const server = await readyServer(testLab, 'lab', { containers: { maxRunning: 2 } });
  const caller = { server, key: await RSAWrapper.generate({ bits: 2048 }), signal: testLab.patience() };
  const container = await create(caller);
  await collector.until(() => ['CREATE', 'open-way-in'].every((name) => collector.spans.some((s) => s.name === name)));
  const { spans } = collector;
  const named = (name: string) => spans.find((span) => span.name === name);
  assert.deepEqual(
    spans.map(({ name }) => name).toSorted(),
    [
      ...['CREATE', 'admission', 'claim', 'shell', 'boot', 'setup', 'hand-over', 'secret', 'ready', 'slice', 'reply'],
      'open-way-in',
    ].toSorted(),
  );
  assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
  assert.equal(named('open-way-in')?.parentSpanId, named('CREATE')?.spanId);
  assert.equal(named('boot')?.parentSpanId, named('shell')?.spanId);
  for (const part of ['secret', 'ready', 'slice'])
    assert.equal(named(part)?.parentSpanId, named('hand-over')?.spanId, part);
  assert.equal(facts(named('claim')?.attributes ?? [])['anweddol.container.uuid'], container.container_uuid);
  const sent = collector.bodies.join();
  for (const secret of [container.container_password, container.client_token]) assert.ok(!sent.includes(secret));
  await destroy(caller, container);
});
