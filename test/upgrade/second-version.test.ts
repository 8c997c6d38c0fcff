/** The plan for another version of the API: the same fields under two names, first stored as the old, then as the new. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AnweddolServer } from '../../src/api/resources.ts';
import type { Resource } from '../../src/kube/objects.ts';
import { CustomResourceDefinition, Service } from '../../src/kube/resources.ts';
import {
  definitionWith,
  eventually,
  type Ground,
  type Life,
  NAMESPACE,
  reasonIs,
  startGround,
  stored,
} from './ground.ts';

const Beta: Resource<AnweddolServer> = { ...AnweddolServer, version: 'v1beta1' };
let on: Ground;
let life: Life | undefined;
before(async () => {
  on = await startGround();
});
after(async () => {
  await life?.end();
  await on[Symbol.asyncDispose]();
});

/** Serves both; keeps what is written as this one. */
async function storeAs(version: 'v1alpha1' | 'v1beta1'): Promise<void> {
  const definition = definitionWith(() => undefined);
  const [alpha] = definition.spec.versions;
  assert.ok(alpha);
  const versions = ['v1alpha1', 'v1beta1'].map((name) => ({ ...alpha, name, storage: name === version }));
  const resourceVersion =
    (await on.kube.get(CustomResourceDefinition, definition.metadata))?.metadata.resourceVersion ?? '';
  await on.kube.replace(CustomResourceDefinition, {
    ...definition,
    metadata: { ...definition.metadata, resourceVersion },
    spec: { ...definition.spec, versions },
  });
}

test('a server of the old version is read as one of the new, and the other way round, whatever is stored', async () => {
  await stored(on.kube, 'old', { replicas: 3 });
  await storeAs('v1alpha1');
  const read = async () => {
    const found = await on.kube.get(Beta, { namespace: NAMESPACE, name: 'old' });
    assert.deepEqual([found?.apiVersion, found?.spec.replicas], ['anweddol.io/v1beta1', 3]);
  };
  await eventually(read);
  await storeAs('v1beta1');
  await read();
  const made = { ...(await on.kube.get(Beta, { namespace: NAMESPACE, name: 'old' })) };
  const fresh = { apiVersion: made.apiVersion, kind: made.kind, metadata: { namespace: NAMESPACE, name: 'new' } };
  await on.kube.create(Beta, { ...fresh, spec: made.spec } as AnweddolServer);
  const back = await on.kube.get(AnweddolServer, { namespace: NAMESPACE, name: 'new' });
  assert.deepEqual([back?.apiVersion, back?.spec.replicas], ['anweddol.io/v1alpha1', 3]);
});

test('the operator of this release works on while servers are stored as the new version', async () => {
  life = on.operator();
  for (const name of ['old', 'new']) {
    await reasonIs(life, name, 'IsoReady', 'IsoCheckRunning');
    const service = await on.kube.get(Service, { namespace: NAMESPACE, name });
    const [owner] = service?.metadata.ownerReferences ?? [];
    assert.deepEqual([owner?.apiVersion, owner?.name], ['anweddol.io/v1alpha1', name]);
  }
});
