import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { EDITS, WITHOUT_EDIT } from '../../campaign/flows/edits.ts';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
}

/** The paths of the values of a schema. */
function leaves({ type, properties }: Schema, path: string): string[] {
  if (type !== 'object' || !properties) return [path];
  return Object.entries(properties).flatMap(([name, schema]) => leaves(schema, path ? `${path}.${name}` : name));
}

async function fields(): Promise<string[]> {
  const manifests = await manifestsOf('crds');
  const definition = manifests.find(({ metadata }) => metadata.name === 'anweddolservers.anweddol.io');
  const { versions } = (definition as unknown as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } })
    .spec;
  return leaves(versions[0]?.schema.openAPIV3Schema.properties?.spec ?? {}, '');
}

test('every field of a server has an edit, or a reason to have none', async () => {
  const covered = [...Object.keys(EDITS), ...Object.keys(WITHOUT_EDIT)].map((path) => path.split(' ', 1)[0] ?? '');
  const isCovered = (field: string) =>
    covered.some((path) => field === path || field.startsWith(path.endsWith('.') ? path : `${path}.`));
  assert.deepEqual(
    (await fields()).filter((field) => !isCovered(field)),
    [],
  );
});

test('no edit is of a field that is no more', async () => {
  const known = await fields();
  const isKnown = (path: string) => known.some((field) => field === path || field.startsWith(`${path}.`));
  const paths = Object.keys(EDITS).map((path) => path.split(' ', 1)[0] ?? '');
  assert.deepEqual(
    paths.filter((path) => !isKnown(path)),
    [],
  );
});
