/** What is stored under the definitions of a later or an earlier release, read by the operator of this one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { StructuralSchema } from '../../src/api/crd/structural-schema.ts';
import { AnweddolServer } from '../../src/api/resources.ts';
import { Service } from '../../src/kube/resources.ts';
import {
  eventually,
  type Ground,
  type Life,
  NAMESPACE,
  raw,
  reasonIs,
  type SchemaChange,
  startGround,
  stored,
} from './ground.ts';

let on: Ground;
let life: Life | undefined;
before(async () => {
  on = await startGround();
});
after(async () => {
  await life?.end();
  await on[Symbol.asyncDispose]();
});

/** Fields that this release does not have, and a value of a field that it does. */
const later: SchemaChange = ({ spec, status }) => {
  const containers = spec.properties?.containers?.properties ?? {};
  containers.gpus = { type: 'integer', default: 0 };
  Object.assign(spec.properties ?? {}, { quietHours: { type: 'object', properties: { from: { type: 'string' } } } });
  Object.assign(status.properties ?? {}, { mood: { type: 'string' } });
  spec.properties?.service?.properties?.type?.enum?.push('Gateway');
};

/** Without fields that came since, and without the rule that is about one of them. */
const earlier: SchemaChange = ({ spec }) => {
  const { containers, keys } = spec.properties ?? {};
  without(containers, 'warmStartsAtOnce');
  without(keys, 'rotation');
  without(spec, 'clientTimeoutSeconds');
  if (keys) keys['x-kubernetes-validations'] = [];
};

function without(schema: StructuralSchema | undefined, field: string): void {
  delete schema?.properties?.[field];
  delete (schema?.default as Record<string, unknown> | undefined)?.[field];
}

async function operatorLives(): Promise<Life> {
  await life?.end();
  life = on.operator();
  return life;
}

const served = (name: string) =>
  eventually(async () => assert.ok(await on.kube.get(Service, { namespace: NAMESPACE, name })));

test('fields of a later release are left as they are, and the server is served', async () => {
  await on.define(later);
  await stored(on.kube, 'later', { containers: { gpus: 2 }, quietHours: { from: '22:00' } });
  const mood = { status: { mood: 'good' } };
  await on.kube.mergePatch(AnweddolServer, { namespace: NAMESPACE, name: 'later' }, mood, { subresource: 'status' });
  const running = await operatorLives();
  await reasonIs(running, 'later', 'IsoReady', 'IsoCheckRunning');
  await served('later');
  const { spec, status } = await raw(on.kube, 'later');
  assert.deepEqual(spec.quietHours, { from: '22:00' });
  assert.equal((spec.containers as { gpus?: number }).gpus, 2);
  assert.equal(status?.mood, 'good');
});

test('a value that only a later release knows is told with its field, and nothing of the server is touched', async () => {
  const running = await operatorLives();
  await served('later');
  const before = await on.kube.get(Service, { namespace: NAMESPACE, name: 'later' });
  const named = { namespace: NAMESPACE, name: 'later' };
  await on.kube.mergePatch(AnweddolServer, named, { spec: { service: { type: 'Gateway' } } });
  assert.match(await reasonIs(running, 'later', 'Ready', 'SpecInvalid'), /^spec\.service\.type: /);
  const after = await on.kube.get(Service, { namespace: NAMESPACE, name: 'later' });
  assert.equal(after?.metadata.resourceVersion, before?.metadata.resourceVersion);
  await on.kube.mergePatch(AnweddolServer, named, { spec: { service: { type: 'LoadBalancer' } } });
  await reasonIs(running, 'later', 'Ready', 'IsoCheckRunning');
});

test('fields of a later release are pruned by the definitions of this one, and gone after the next write', async () => {
  await life?.end();
  life = undefined;
  await on.define();
  const pruned = await raw(on.kube, 'later');
  assert.equal(pruned.spec.quietHours, undefined);
  const labels = { metadata: { labels: { written: 'yes' } } };
  await on.kube.mergePatch(AnweddolServer, { namespace: NAMESPACE, name: 'later' }, labels);
  await on.define(later);
  assert.equal((await raw(on.kube, 'later')).spec.quietHours, undefined);
});

test('an object of an earlier release has the defaults of the fields that came since', async () => {
  await on.define(earlier);
  await stored(on.kube, 'earlier', { containers: { maxRunning: 3 } });
  assert.equal((await raw(on.kube, 'earlier')).spec.clientTimeoutSeconds, undefined);
  await on.define();
  const { spec } = await raw(on.kube, 'earlier');
  assert.equal(spec.clientTimeoutSeconds, 10);
  assert.deepEqual([(spec.keys as { rotation: number }).rotation, (spec.keys as { bits: number }).bits], [0, 2048]);
  assert.equal((spec.containers as { warmStartsAtOnce: number }).warmStartsAtOnce, 4);
  const running = await operatorLives();
  await reasonIs(running, 'earlier', 'KeyReady', 'KeyPresent');
  await served('earlier');
});

test('the operator works on an object that lacks fields, but its status is refused where the definition lacks one', async () => {
  await life?.end();
  life = undefined;
  await on.define((schemas) => {
    earlier(schemas);
    delete schemas.status.properties?.publicKey;
  });
  await stored(on.kube, 'too-early', {});
  life = on.operator();
  await served('too-early');
  const refusal = /\.status\.publicKey: field not declared in schema/;
  await eventually(async () =>
    assert.ok(
      life?.lines.some((line) => refusal.test(line)),
      life?.lines.join(''),
    ),
  );
  await on.define();
  // It would be tried again by itself, after a while.
  const labels = { metadata: { labels: { touched: 'yes' } } };
  await on.kube.mergePatch(AnweddolServer, { namespace: NAMESPACE, name: 'too-early' }, labels);
  await reasonIs(life, 'too-early', 'KeyReady', 'KeyPresent');
});
