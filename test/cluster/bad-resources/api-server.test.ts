/** What the API server says to wrong and to borderline resources: the in-memory one, and the real one, in the same words. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DEFINITIONS } from '../../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../../src/api/crd/structural-schema.ts';
import type { Answer } from '../../conformance/api-caller.ts';
import { PLANES } from '../../support/planes.ts';
import { type Asked, ask } from './asked.ts';
import { REFUSED } from './refused-rows.ts';
import type { Kind } from './row.ts';
import { TAKEN } from './taken-rows.ts';
import { walk } from './walk.ts';

const schemas = DEFINITIONS.map((make) => make().spec.versions[0]?.schema?.openAPIV3Schema as StructuralSchema);
const [server = {}, token = {}] = schemas.map((schema) => schema.properties?.spec);
const WALKED = [...walk('server', server), ...walk('token', token)];

type Cause = { field: string; message: string };

const causesOf = ({ body }: Answer): Cause[] => body.details?.causes ?? [];
const told = (answer: Answer) =>
  causesOf(answer)
    .map(({ field, message }) => `${field}: ${message}`)
    .sort();

function assertRefused(answer: Answer, field: string, words: RegExp, where: string): void {
  assert.equal(answer.code, 422, `${where}: ${JSON.stringify(answer.body).slice(0, 2000)}`);
  const found = causesOf(answer).filter((cause) => cause.field === field);
  const hit = found.some(({ message }) => words.test(message));
  assert.ok(hit, `${where}: ${told(answer).join('\n').slice(0, 2000)}`);
}

/** Each says the same of the same fields. */
function assertAlike(answers: Answer[]): void {
  const [first, ...others] = answers.map(told);
  for (const other of others) assert.deepEqual(other, first);
}

describe('resources at the API server', { concurrency: 6 }, () => {
  const asked: Asked[] = [];
  before(async () => {
    for (const plane of PLANES) if (plane.skip === false) asked.push(await ask(plane));
  });
  after(async () => {
    for (const each of asked) await each[Symbol.asyncDispose]();
  });
  const all = <T>(each: (one: Asked) => Promise<T>) => Promise.all(asked.map(each));

  test('there are more than 150 rows, each with a name of its own', () => {
    const names = [...REFUSED, ...WALKED, ...TAKEN].map(({ name }) => name);
    assert.ok(names.length > 150, String(names.length));
    assert.equal(new Set(names).size, names.length);
  });

  test('every field that has a default or is asked for is in two rows or more', () => {
    const counts = new Map<string, number>();
    for (const { change } of WALKED) for (const path of Object.keys(change)) count(counts, path);
    for (const { change } of [...REFUSED, ...TAKEN]) for (const path of Object.keys(change)) count(counts, path);
    const missing = [...leaves(server)].filter((path) => covered(counts, path) < 2);
    assert.deepEqual(missing, []);
  });

  for (const { name, kind, change, before: stored, field, words } of [...REFUSED, ...WALKED]) {
    test(`refused: ${name}`, async () => {
      const answers = await all((one) => one.ask(kind, change, stored));
      answers.forEach((answer, index) => {
        assertRefused(answer, field, words, asked[index]?.name ?? '');
      });
      assertAlike(answers);
    });
  }

  for (const { name, kind, change, before: stored } of TAKEN) {
    test(`taken: ${name}`, async () => {
      const answers = await all((one) => one.ask(kind, change, stored));
      for (const { code, body } of answers) assert.ok(code === 200 || code === 201, JSON.stringify(body));
      const specs = answers.map(({ body }) => body.spec);
      for (const spec of specs) assert.deepEqual(spec, specs[0]);
    });
  }

  for (const kind of ['server', 'token'] as const satisfies Kind[]) {
    test(`${kind}: an unknown field is refused, and named`, async () => {
      for (const { code, body } of await all((one) => one.ask(kind, { zork: 1 }))) {
        assert.equal(code, 400);
        assert.match(body.message, /strict decoding error: unknown field "spec\.zork"/);
      }
    });
    test(`${kind}: no spec is refused`, async () => {
      for (const answer of await all((one) => one.askWith(kind, { spec: undefined }))) {
        assertRefused(answer, 'spec', /Required value/, kind);
      }
    });
  }

  for (const [what, name] of [
    ['too long', 'a'.repeat(41)],
    ['with a dot', 'a.b'],
    ['that begins with a digit', '1a'],
  ]) {
    test(`server: a name ${what} is refused`, async () => {
      const spec = { iso: { image: 'iso:1' } };
      for (const answer of await all((one) => one.askWith('server', { metadata: { name }, spec }))) {
        assertRefused(answer, '<nil>', /metadata.name must start with a letter/, String(name));
      }
    });
  }
});

function count(counts: Map<string, number>, path: string): void {
  counts.set(path, (counts.get(path) ?? 0) + 1);
}

/** Rows of the field itself, or of an object above or below it that they set. */
function covered(counts: Map<string, number>, path: string): number {
  return [...counts].reduce((sum, [each, rows]) => sum + (each === path || path.startsWith(`${each}.`) ? rows : 0), 0);
}

function* leaves({ properties = {} }: StructuralSchema, above = ''): Generator<string> {
  for (const [name, schema] of Object.entries(properties)) {
    if (schema.type === 'object' && schema.properties) yield* leaves(schema, `${above}${name}.`);
    else yield `${above}${name}`;
  }
}
