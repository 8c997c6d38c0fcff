/** The samples in deploy/: what an API server says to them, and what they show. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { anweddolServerDefinition } from '../../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../../src/api/crd/structural-schema.ts';
import { AnweddolAccessToken, AnweddolServer } from '../../../src/api/resources.ts';
import type { KubeObject, Resource } from '../../../src/kube/objects.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { startOperatorHarness } from '../../support/operator-harness.ts';

const FOLDER = 'deploy/samples';
const KINDS: Resource[] = [AnweddolServer, AnweddolAccessToken];
const files = (await readdir(new URL(`../../../${FOLDER}/`, import.meta.url))).filter((name) => name.endsWith('.yaml'));

let cluster: Awaited<ReturnType<typeof startOperatorHarness>>;
before(async () => {
  cluster = await startOperatorHarness();
});
after(() => cluster[Symbol.asyncDispose]());

async function create(object: KubeObject): Promise<KubeObject> {
  const resource = KINDS.find(({ kind }) => kind === object.kind);
  assert.ok(resource, `nothing here takes a ${object.kind}`);
  const metadata = { ...object.metadata, namespace: 'default' };
  return cluster.kube.create(resource, { ...object, metadata }, { dryRun: true });
}

for (const file of files) {
  test(`an API server that is strict about fields takes ${file}`, async () => {
    for (const object of await manifestsOf(`${FOLDER}/${file}`)) {
      const stored = await create(object);
      assert.equal(stored.metadata.name, object.metadata.name);
    }
  });
}

test('a misspelt field in a sample would be refused', async () => {
  const [sample] = await manifestsOf(`${FOLDER}/server.yaml`);
  assert.ok(sample);
  const misspelt = { ...sample, spec: { ...('spec' in sample && Object(sample.spec)), replcas: 1 } };
  await assert.rejects(create(misspelt), /unknown field "spec\.replcas"/);
});

function* fieldNames({ properties = {}, items }: StructuralSchema): Generator<string> {
  if (items) yield* fieldNames(items);
  for (const [name, schema] of Object.entries(properties)) {
    yield name;
    yield* fieldNames(schema);
  }
}

test('everything.yaml names each field of a server, be it in a comment', async () => {
  const text = await readFile(new URL(`../../../${FOLDER}/everything.yaml`, import.meta.url), 'utf8');
  const schema = anweddolServerDefinition().spec.versions[0]?.schema?.openAPIV3Schema as StructuralSchema;
  const names = new Set(fieldNames(schema.properties?.spec ?? {}));
  const missing = [...names].filter((name) => !new RegExp(`^[\\s#-]*${name}:`, 'm').test(text));
  assert.deepEqual(missing, []);
  assert.ok(names.size > 50);
});
