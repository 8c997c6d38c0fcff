import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFINITIONS } from '../../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../../src/api/crd/structural-schema.ts';

const specs = DEFINITIONS.map((make) => {
  const { names, versions } = make().spec;
  const schema = versions[0]?.schema?.openAPIV3Schema as StructuralSchema;
  return { kind: names.kind, spec: schema.properties?.spec ?? {} };
});

function* fields({ properties = {}, items }: StructuralSchema, path: string): Generator<[string, StructuralSchema]> {
  if (items) yield* fields(items, `${path}[]`);
  for (const [name, schema] of Object.entries(properties)) {
    yield [`${path}.${name}`, schema];
    yield* fields(schema, `${path}.${name}`);
  }
}

test('every field of a spec says what it does', () => {
  for (const { spec } of specs) {
    const silent = [...fields(spec, 'spec')].filter(([, { description = '' }]) => description.length < 8);
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    );
  }
});

test('every default of a number, a choice or a switch is in its description', () => {
  for (const { spec } of specs) {
    for (const [path, { description = '', default: value }] of fields(spec, 'spec')) {
      if (value === undefined || typeof value === 'object') continue;
      assert.match(description, /Default: /, path);
      assert.ok(description.includes(String(value)), `${path}: ${value}`);
    }
  }
});

test('every text, list and map of a spec has a bound', () => {
  for (const { spec } of specs) {
    for (const [path, schema] of fields(spec, 'spec')) {
      if (schema.type === 'string' && !schema.enum && !schema.format) assert.ok(schema.maxLength, path);
      if (schema.type === 'array') assert.ok(schema.maxItems, path);
      if (schema.additionalProperties) assert.ok(schema.maxProperties, path);
    }
  }
});

test('every rule has a message for people', () => {
  for (const { spec } of specs) {
    for (const [path, schema] of [['spec', spec] as const, ...fields(spec, 'spec')]) {
      const rules = schema['x-kubernetes-validations'];
      for (const { message } of Array.isArray(rules) ? rules : []) assert.ok(message?.length > 10, path);
    }
  }
});
