/** Each sample with the operator at work on it, where all that it needs of a cluster is there. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { KubeObject } from '../../src/kube/objects.ts';
import { Secret } from '../../src/kube/resources.ts';
import { startOperatorHarness } from '../support/operator-harness.ts';
import { PlayedCluster } from './played-cluster.ts';
import { kindOf, type Promised, sample, samples } from './sample-files.ts';
import { untilPromised } from './until-promised.ts';

const NAMESPACE = 'default';
const PATIENCE_MS = 30_000;
const all = await samples();

let operator: Awaited<ReturnType<typeof startOperatorHarness>>;
let cluster: PlayedCluster;

before(async () => {
  operator = await startOperatorHarness();
  cluster = await PlayedCluster.start(operator);
  // What everything.yaml names and the operator looks at.
  await operator.kube.create(Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'iso-password', namespace: NAMESPACE },
    stringData: { password: 'secret' },
  });
});
after(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await operator?.[Symbol.asyncDispose]();
});

/** Only what the operator is there for: who may do what is another test's. */
const ours = (object: KubeObject) => object.apiVersion.startsWith('anweddol.io/');

async function applied(objects: KubeObject[]): Promise<void> {
  for (const object of objects.filter(ours)) {
    const placed = { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } };
    await operator.kube.apply(kindOf(object), placed, { fieldManager: 'test' });
  }
}

async function removed(objects: KubeObject[]): Promise<void> {
  for (const object of objects.filter(ours)) {
    await operator.kube.delete(kindOf(object), { namespace: NAMESPACE, name: object.metadata.name });
  }
}

const HERE = ['with CDI', 'where all that it names is there', 'alone'];
const isHere = ({ where }: Promised) => where === undefined || HERE.includes(where);

for (const one of all) {
  test(`${one.file} reaches what its head says`, async () => {
    const promises = one.promises.filter(isHere);
    assert.ok(promises.length > 0);
    await applied(one.objects);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await untilPromised(one, promises, { kube: operator.kube, namespace: NAMESPACE, signal });
    await removed(one.objects);
  });
}

test('a token beside its server reaches what its head says', async () => {
  const [server, token] = await Promise.all([sample('server.yaml'), sample('access-token.yaml')]);
  await applied([...server.objects, ...token.objects]);
  const promises = token.promises.filter(({ where }) => where === 'with server.yaml');
  assert.equal(promises.length, 1);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  await untilPromised(token, promises, { kube: operator.kube, namespace: NAMESPACE, signal });
});
