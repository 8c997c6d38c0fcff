import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as z from 'zod';
import { celRules } from '../../../src/api/crd/cel-rules.ts';
import { structuralSchema } from '../../../src/api/crd/structural-schema.ts';

test('types, bounds, defaults and CEL rules are carried over', () => {
  const schema = z.object({
    port: z.int().min(1).max(65_535).default(22),
    name: z
      .string()
      .max(9)
      .regex(/^[a-z]+$/),
    tags: z.record(z.string(), z.string()).optional(),
  });
  const rule = { rule: 'self.port != 23', message: 'no telnet' };
  assert.deepEqual(structuralSchema(schema.meta(celRules(rule))), {
    type: 'object',
    properties: {
      port: { type: 'integer', format: 'int64', minimum: 1, maximum: 65_535, default: 22 },
      name: { type: 'string', maxLength: 9, pattern: '^[a-z]+$' },
      tags: { type: 'object', additionalProperties: { type: 'string' } },
    },
    required: ['name'],
    'x-kubernetes-validations': [rule],
  });
});

test('an integer without bounds has none', () => {
  assert.deepEqual(structuralSchema(z.int()), { type: 'integer', format: 'int64' });
});

test('a date-time keeps its format and not the pattern', () => {
  assert.deepEqual(structuralSchema(z.iso.datetime()), { type: 'string', format: 'date-time' });
});

test('what the API server would refuse, or not enforce, is refused with the path of the field', () => {
  const refused: [string, z.ZodType][] = [
    ['unknown', z.unknown()],
    ['any', z.any()],
    ['a union', z.union([z.string(), z.boolean()])],
    [
      'a discriminated union',
      z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
    ],
    ['a tuple', z.tuple([z.string(), z.number()])],
    ['a strict object', z.strictObject({ a: z.string() })],
    ['a pattern with lookahead', z.string().regex(/^(?!x)/)],
  ];
  for (const [what, schema] of refused) {
    assert.throws(() => structuralSchema(z.object({ field: schema })), /spec\.field.* can't stand in/, what);
  }
});
