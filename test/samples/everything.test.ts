import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anweddolServerDefinition } from '../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../src/api/crd/structural-schema.ts';
import { sample } from './sample-files.ts';
import { yamlPaths } from './yaml-paths.ts';

function* fields({ properties = {}, items, type }: StructuralSchema, path: string): Generator<string> {
  for (const [name, field] of Object.entries(properties)) yield* fields(field, `${path}.${name}`);
  if (items) yield* fields(items, `${path}[]`);
  if (type !== 'object' && type !== 'array') yield path;
}

test('everything.yaml names each field of an AnweddolServer at its place, be it in a comment', async () => {
  const schema = anweddolServerDefinition().spec.versions[0]?.schema?.openAPIV3Schema as StructuralSchema;
  const wanted = [...fields(schema.properties?.spec ?? {}, 'spec')];
  const named = yamlPaths((await sample('everything.yaml')).text);
  assert.deepEqual(
    wanted.filter((path) => !named.has(path)),
    [],
  );
  assert.ok(wanted.length > 60);
});

test('fields are found by their place, in lists and in comments', () => {
  const text = `a:
  b: 1
  # d:
  #   e: 2
list:
  - name: x
    port: 1
  - name: y
set: [1, 2]
under:
  # A remark, and no field
  deep: {}
`;
  assert.deepEqual(
    [...yamlPaths(text)],
    ['a', 'a.b', 'a.d', 'a.d.e', 'list', 'list[].name', 'list[].port', 'set', 'set[]', 'under', 'under.deep'],
  );
});
