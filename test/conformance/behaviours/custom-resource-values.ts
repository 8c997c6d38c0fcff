import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { define, integer, make, redefine, specChecker, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, warningsOf } from '../refusal.ts';

/** Posts specs without keeping them. */
async function checker(world: World, properties: object) {
  return specChecker(world, await define(world, specSchema(properties)));
}

const inBody = (field: string, what: string, value: string) => `Invalid value: ${value}: ${field} in body ${what}`;

export const customResourceValues = chapter('custom resources: values', {
  'fills in defaults, and the defaults of objects that are there': async (world) => {
    const withFive = { ...integer, default: 5 };
    const kind = await define(
      world,
      specSchema(
        {
          a: { ...text, default: 'A' },
          made: { type: 'object', default: {}, properties: { five: withFive } },
          given: { type: 'object', default: { b: 'g' }, properties: { five: withFive, b: text } },
          absent: { type: 'object', properties: { five: withFive } },
          items: { type: 'array', items: { type: 'object', properties: { five: withFive } } },
          members: { type: 'object', additionalProperties: { type: 'object', properties: { five: withFive } } },
        },
        { default: {} },
      ),
    );
    assert.deepEqual((await make(world, kind, 'bare')).spec, { a: 'A', made: { five: 5 }, given: { five: 5, b: 'g' } });
    const spec = { a: 'mine', absent: {}, items: [{}, { five: 1 }], members: { k: {} } };
    assert.deepEqual((await make(world, kind, 'full', { spec })).spec, {
      ...{ a: 'mine', absent: { five: 5 }, items: [{ five: 5 }, { five: 1 }], members: { k: { five: 5 } } },
      ...{ made: { five: 5 }, given: { five: 5, b: 'g' } },
    });
  },
  'takes null as absent, unless the field is nullable': async (world) => {
    const nullable = { ...text, nullable: true };
    const properties = { text, nullable, filled: { ...text, default: 'd' }, kept: { ...nullable, default: 'd' } };
    const check = await checker(world, properties);
    const { code, body } = await check({ text: null, nullable: null, filled: null, kept: null });
    assert.deepEqual([code, body.spec], [200, { nullable: null, filled: 'd', kept: null }]);
  },
  'shows objects with the defaults that their definition has got since, and without what it lost': async (world) => {
    const kind = await define(world, specSchema({ a: text, gone: text }));
    const made = await make(world, kind, 'a', { spec: { a: '1', gone: 'x' } });
    await redefine(world, kind, specSchema({ a: text, later: { ...text, default: 'L' } }));
    const spec = { a: '1', later: 'L' };
    await world.eventually(async () => assert.deepEqual((await world.admin.get(`${kind.path}/a`)).body.spec, spec));
    // While the cache of the new definition fills, a list is told to come again later.
    await world.eventually(async () => {
      const { code, body } = await world.admin.get(kind.path);
      assert.equal(code, 200);
      assert.deepEqual([body.items[0].spec, body.items[0].metadata], [spec, made.metadata]);
    });
  },
  'prunes what the schema does not know': async (world) => {
    const known = { type: 'object', properties: { x: text } };
    const check = await checker(world, { a: text, list: { type: 'array', items: known }, nothing: { type: 'object' } });
    const { body } = await check({ a: '1', b: '2', list: [{ x: '1', y: '2' }], nothing: { x: 1 } });
    assert.deepEqual(body.spec, { a: '1', list: [{ x: '1' }], nothing: {} });
  },
  'keeps unknown fields where it is told to, but not below fields that it knows': async (world) => {
    const free = { 'x-kubernetes-preserve-unknown-fields': true };
    const known = { type: 'object', properties: { x: text } };
    const check = await checker(world, { free: { type: 'object', ...free, properties: { known } }, any: free });
    const { body } = await check({ free: { u: { v: 1 }, known: { x: '1', y: 2 } }, any: [1, { a: null }] });
    assert.deepEqual(body.spec, { free: { u: { v: 1 }, known: { x: '1' } }, any: [1, { a: null }] });
  },
  'prunes the metadata of embedded objects, and wants their kind': async (world) => {
    const embedded = { type: 'object', 'x-kubernetes-embedded-resource': true };
    const check = await checker(world, { pod: { ...embedded, 'x-kubernetes-preserve-unknown-fields': true } });
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', zork: 1 }, spec: { u: 1 } };
    const answer = await check({ pod });
    assert.deepEqual(answer.body.spec.pod, { ...pod, metadata: { name: 'p' } });
    assert.deepEqual(warningsOf(answer), ['unknown field "spec.pod.metadata.zork"']);
    assertInvalid(await check({ pod: { metadata: {} } }), {
      'spec.pod.apiVersion': 'Required value',
      'spec.pod.kind': 'Required value',
    });
  },
  'refuses values of another type than the schema says': async (world) => {
    const check = await checker(world, {
      i: integer,
      s: text,
      b: { type: 'boolean' },
      l: { type: 'array', items: text },
    });
    const wrong = (field: string, type: string, found: string) =>
      inBody(field, `must be of type ${type}: "${found}"`, `"${found}"`);
    assertInvalid(await check({ i: '1', s: 1, b: 'true', l: 'x' }), {
      'spec.i': wrong('spec.i', 'integer', 'string'),
      'spec.s': wrong('spec.s', 'string', 'integer'),
      'spec.b': wrong('spec.b', 'boolean', 'string'),
      'spec.l': wrong('spec.l', 'array', 'string'),
    });
    assertInvalid(await check({ i: 1.5 }), {
      'spec.i': wrong('spec.i', 'integer', 'number'),
      '<nil>': 'Invalid value: "": Checked value must be of type integer (default format) in spec.i',
    });
    assertInvalid(await check('x'), { spec: wrong('spec', 'object', 'string') });
  },
  'names the format where what stands there is neither a text nor a list': async (world) => {
    const check = await checker(world, { t: { ...text, format: 'date-time' }, n: { ...integer, format: 'int64' } });
    const wrong = (field: string, type: string, found: string) =>
      inBody(field, `must be of type ${type}: "${found}"`, `"${found}"`);
    assertInvalid(await check({ t: 7 }), { 'spec.t': wrong('spec.t', 'date-time', 'int64') });
    assertInvalid(await check({ t: true, n: true }), {
      'spec.t': wrong('spec.t', 'date-time', ''),
      'spec.n': wrong('spec.n', 'int64', ''),
    });
    assertInvalid(await check({ t: '2030-02-31T00:00:00Z' }), {
      'spec.t': inBody('spec.t', 'must be of type date-time: "2030-02-31T00:00:00Z"', '"2030-02-31T00:00:00Z"'),
    });
  },
  'holds a fraction where a whole number belongs to the bounds as well': async (world) => {
    const check = await checker(world, { i: { ...integer, minimum: 5 } });
    const { body } = await check({ i: 1.5 });
    const messages = body.details.causes.map(({ message }: { message: string }) => message);
    assert.ok(messages.includes(inBody('spec.i', 'should be greater than or equal to 5', '1.5')), body.message);
  },
  'tells of replicas that are no whole number by their path for scales, too': async (world) => {
    const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
    const version = { subresources: { scale } };
    const kind = await define(world, specSchema({ replicas: integer }), { version });
    const check = await specChecker(world, kind);
    const at = '.spec.replicas accessor error';
    for (const [replicas, why] of [
      ['7', `${at}: 7 is of the type string, expected int64`],
      [1.5, `${at}: 1.5 is of the type float64, expected int64`],
    ]) {
      const { body } = await check({ replicas });
      const found = body.details.causes.find(({ field }: { field: string }) => field === '.spec.replicas');
      assert.equal(found?.message, `Invalid value: 0: ${why}`);
    }
  },
  'holds numbers to their bounds': async (world) => {
    const exclusive = { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true };
    const bounded = { ...integer, minimum: 1, maximum: 5 };
    const check = await checker(world, { i: bounded, n: exclusive, m: { ...integer, multipleOf: 3 } });
    assertInvalid(await check({ i: 0, n: 0, m: 4 }), {
      'spec.i': inBody('spec.i', 'should be greater than or equal to 1', '0'),
      'spec.n': inBody('spec.n', 'should be greater than 0', '0'),
      'spec.m': inBody('spec.m', 'should be a multiple of 3', '4'),
    });
    assertInvalid(await check({ i: 6, n: 1 }), {
      'spec.i': inBody('spec.i', 'should be less than or equal to 5', '6'),
      'spec.n': inBody('spec.n', 'should be less than 1', '1'),
    });
    assert.equal((await check({ i: 5, n: 0.5, m: 6 })).code, 200);
  },
  'holds integers to their format': async (world) => {
    const check = await checker(world, { i32: { ...integer, format: 'int32' } });
    const why = 'Invalid value: "": Checked value must be of type integer with format int32 in spec.i32';
    assertInvalid(await check({ i32: 2 ** 31 }), { '<nil>': why });
    assert.equal((await check({ i32: 2 ** 31 - 1 })).code, 200);
  },
  'holds strings to their length, pattern and choices': async (world) => {
    const s = { ...text, minLength: 2, maxLength: 4, pattern: '^[a-z]+$' };
    const check = await checker(world, { s, e: { ...text, enum: ['a', 'b'] } });
    assertInvalid(await check({ s: 'a' }), { 'spec.s': inBody('spec.s', 'should be at least 2 chars long', '"a"') });
    assertInvalid(await check({ s: 'abcde' }), { 'spec.s': 'Too long: may not be more than 4 bytes' });
    assertInvalid(await check({ s: 'AB' }), { 'spec.s': inBody('spec.s', "should match '^[a-z]+$'", '"AB"') });
    assertInvalid(await check({ e: 'c' }), { 'spec.e': 'Unsupported value: "c": supported values: "a", "b"' });
  },
  'holds lists and maps to their sizes': async (world) => {
    const list = { type: 'array', minItems: 1, maxItems: 2, items: text };
    const map = { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: text };
    const check = await checker(world, { list, map });
    assertInvalid(await check({ list: [], map: {} }), {
      'spec.list': inBody('spec.list', 'should have at least 1 items', '0'),
      'spec.map': inBody('spec.map', 'should have at least 1 properties', '0'),
    });
    assertInvalid(await check({ list: ['a', 'b', 'c'], map: { a: 'a', b: 'b', c: 'c' } }), {
      'spec.list': 'Too many: 3: must have at most 2 items',
      'spec.map': 'Too many: 3: must have at most 2 items',
    });
  },
  'refuses the same key or member twice in a list that is a map or a set': async (world) => {
    const items = { type: 'object', required: ['k'], properties: { k: text } };
    const map = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items };
    const check = await checker(world, { map, set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text } });
    assertInvalid(await check({ map: [{ k: 'a' }, { k: 'b' }, { k: 'a' }], set: ['x', 'y', 'x'] }), {
      'spec.map[2]': 'Duplicate value: {"k":"a"}',
      'spec.set[2]': 'Duplicate value: "x"',
    });
  },
  'takes a whole number or a string where either may be': async (world) => {
    const check = await checker(world, { v: { 'x-kubernetes-int-or-string': true } });
    for (const v of [1, 'x', '50%']) assert.equal((await check({ v })).code, 200);
    const why = (found: string) => inBody('spec.v', `must be of type integer,string: "${found}"`, `"${found}"`);
    assertInvalid(await check({ v: true }), { 'spec.v': why('boolean') });
  },
  'wants the fields that are required': async (world) => {
    const properties = { x: text, y: text };
    const check = await checker(world, { r: { type: 'object', required: ['x', 'y'], properties } });
    assertInvalid(await check({ r: { y: 'b' } }), { 'spec.r.x': 'Required value' });
    assertInvalid(await check({ r: { x: null, y: 'b' } }), { 'spec.r.x': 'Required value' });
  },
  'checks the formats that it knows, and no others': async (world) => {
    const cases: Record<string, [good: string, bad: string]> = {
      'date-time': ['2020-01-01T00:00:00.5+02:00', '2020-13-01T00:00:00Z'],
      date: ['2020-02-29', '2020-02-30'],
      byte: ['QUJD', '===='],
      email: ['a@b.c', 'a@'],
      ipv4: ['1.2.3.4', '1.2.3'],
      ipv6: ['::1', '1.2.3.4'],
      cidr: ['10.0.0.0/8', '1.2.3.4/33'],
      uri: ['http://a', 'x'],
      uuid: ['00000000-0000-0000-0000-000000000000', 'x'],
      mac: ['00:11:22:33:44:55', 'x'],
      duration: ['1h30m', 'x'],
      'k8s-short-name': ['a-b', 'UP'],
    };
    const formats = Object.keys(cases);
    const check = await checker(
      world,
      Object.fromEntries([...formats, 'zork'].map((format) => [format, { ...text, format }])),
    );
    const pick = (index: 0 | 1) => Object.fromEntries(formats.map((format) => [format, cases[format]?.[index] ?? '']));
    const good = await check({ ...pick(0), zork: 'whatever' });
    assert.equal(good.code, 200, good.body.message);
    const bad = await check({ ...pick(1), zork: 'whatever' });
    const causes = formats.map((format) => {
      const shown = JSON.stringify(cases[format]?.[1]);
      return [`spec.${format}`, inBody(`spec.${format}`, `must be of type ${format}: ${shown}`, shown)];
    });
    assertInvalid(bad, Object.fromEntries(causes));
  },
  'holds objects to alternatives': async (world) => {
    const object = { type: 'object', properties: { x: text, y: text } };
    const either = [{ required: ['x'] }, { required: ['y'] }];
    const no = { ...text, not: { enum: ['no'] } };
    const check = await checker(world, { one: { ...object, oneOf: either }, any: { ...object, anyOf: either }, no });
    const both = await check({ one: { x: '1', y: '2' }, any: {}, no: 'no' });
    assert.match(
      both.body.message,
      /"spec.one" must validate one and only one schema \(oneOf\). Found 2 valid alternatives/,
    );
    assert.match(both.body.message, /"spec.any" must validate at least one schema \(anyOf\)/);
    assert.match(both.body.message, /"spec.no" must not validate the schema \(not\)/);
    assert.equal((await check({ one: { x: '1' }, any: { x: '1', y: '2' }, no: 'yes' })).code, 200);
  },
  'lets old values be that a new schema refuses, while they do not change': async (world) => {
    const kind = await define(world, specSchema({ a: text, l: { type: 'array', items: text }, b: text }));
    await make(world, kind, 'a', { spec: { a: 'old', l: ['old'], b: '1' } });
    const check = await specChecker(world, kind);
    const choice = { ...text, enum: ['new'] };
    await redefine(world, kind, specSchema({ a: choice, l: { type: 'array', items: text, maxItems: 0 }, b: text }));
    const patch = (spec: object) => world.admin.mergePatch(`${kind.path}/a`, { spec });
    await world.eventually(async () => assert.equal((await check({ a: 'old' })).code, 422));
    assert.deepEqual((await patch({ b: '2' })).body.spec, { a: 'old', l: ['old'], b: '2' });
    assertInvalid(await patch({ a: 'other' }), { 'spec.a': 'Unsupported value: "other": supported values: "new"' });
  },
});
