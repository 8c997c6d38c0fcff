/** What an API server that is strict about fields says to each sample; nothing is stored. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AnweddolServer } from '../../src/api/resources.ts';
import type { ControlPlane } from '../../src/embedded/control-plane.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { CustomResourceDefinition } from '../../src/kube/resources.ts';
import { createTransport, type Transport } from '../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../src/main/demo/manifests.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';
import { kindOf, sample, samples } from './sample-files.ts';

const all = await samples();
const ESTABLISHED_MS = 10_000;

for (const plane of PLANES) suite(`samples on the ${plane.name}`, plane.skip, () => strictOn(plane));

function strictOn(plane: Plane): void {
  let controlPlane: ControlPlane;
  let transport: Transport;
  let kube: KubeClient;

  before(async () => {
    controlPlane = await plane.start();
    transport = createTransport(loadKubeConfig({ kubeconfig: controlPlane.kubeconfig() }), { clock });
    kube = createKubeClient(transport);
    await applyManifests(kube, await manifestsOf('crds'), AbortSignal.timeout(ESTABLISHED_MS));
    await established(kube);
  });
  after(async () => {
    await transport.close();
    await controlPlane.close();
  });

  /** In a namespace that is there, under a name that nobody has. */
  const tried = (object: KubeObject) => {
    const resource = kindOf(object);
    const metadata = {
      ...object.metadata,
      name: `${object.metadata.name}-tried`,
      ...(resource.namespaced && { namespace: 'default' }),
    };
    return kube.create(resource, { ...object, metadata }, { dryRun: true });
  };

  for (const { file, objects } of all) {
    test(`${file} is taken as it stands`, async () => {
      for (const object of objects) assert.equal((await tried(object)).kind, object.kind);
    });
  }

  test('a field that nobody knows is refused', async () => {
    const [object] = (await sample('smallest.yaml')).objects;
    assert.ok(object);
    const misspelt = { ...object, spec: { ...('spec' in object && Object(object.spec)), replcas: 1 } };
    await assert.rejects(tried(misspelt), /unknown field "spec\.replcas"/);
  });
}

/** A definition that was made a moment ago is not served yet. */
async function established(kube: KubeClient): Promise<void> {
  const end = Date.now() + ESTABLISHED_MS;
  const name = { name: `${AnweddolServer.plural}.${AnweddolServer.group}` };
  while (Date.now() < end) {
    const { status } = (await kube.get(CustomResourceDefinition, name)) ?? {};
    if (status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True')) return;
  }
  throw new Error('the CustomResourceDefinitions are not established');
}
