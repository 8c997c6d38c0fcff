import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { define, integer, make, redefine, specChecker, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, warningsOf } from '../refusal.ts';

const short = { ...text, maxLength: 64 };
const rules = (...all: object[]) => ({ 'x-kubernetes-validations': all });
const keyed = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };

async function widget(world: World, schema: object) {
  const kind = await define(world, schema);
  return {
    ...kind,
    check: await specChecker(world, kind),
    make: (spec: object) => make(world, kind, 'a', { spec }),
    patch: (spec: object) => world.admin.mergePatch(`${kind.path}/a`, { spec }),
  };
}

export const customResourceRules = chapter('custom resources: rules', {
  'refuses what breaks a rule, with its message, or the rule itself': async (world) => {
    const a = { ...integer, ...rules({ rule: 'self > 0', message: 'must be positive' }) };
    const { check } = await widget(world, specSchema({ a, b: { ...integer, ...rules({ rule: 'self > 0' }) } }));
    assertInvalid(await check({ a: 0, b: 0 }), {
      'spec.a': 'Invalid value: 0: must be positive',
      'spec.b': 'Invalid value: 0: failed rule: self > 0',
    });
    assert.equal((await check({ a: 1, b: 1 })).code, 200);
  },
  'computes the message, and falls back to the plain one when it can not': async (world) => {
    const rule = { rule: 'self > 0', message: 'plain' };
    const a = { ...integer, ...rules({ ...rule, messageExpression: "self < -9 ? 'far below' : 'below'" }) };
    const b = { ...integer, ...rules({ ...rule, messageExpression: "'x'.substring(5)" }) };
    const { check } = await widget(world, specSchema({ a, b }));
    assertInvalid(await check({ a: -10, b: 0 }), {
      'spec.a': 'Invalid value: -10: far below',
      'spec.b': 'Invalid value: 0: plain',
    });
  },
  'gives the reason and the field that the rule names': async (world) => {
    const rule = { rule: 'self > 0', message: 'no' };
    const reasoned = (reason: string) => ({ ...integer, ...rules({ ...rule, reason }) });
    const below = { rule: 'self.x < self.y', message: 'x below y', fieldPath: '.x' };
    const schema = specSchema({
      forbidden: reasoned('FieldValueForbidden'),
      required: reasoned('FieldValueRequired'),
      duplicate: reasoned('FieldValueDuplicate'),
      pair: { type: 'object', required: ['x', 'y'], properties: { x: integer, y: integer }, ...rules(below) },
    });
    const { check } = await widget(world, schema);
    const answer = await check({ forbidden: 0, required: 0, duplicate: 0, pair: { x: 2, y: 1 } });
    assertInvalid(answer, {
      'spec.forbidden': 'Forbidden: no',
      'spec.required': 'Required value: no',
      'spec.duplicate': 'Duplicate value: 0',
      'spec.pair.x': 'Invalid value: x below y',
    });
    const reasons = answer.body.details.causes.map(({ reason }: { reason: string }) => reason).sort();
    const kinds = ['Duplicate', 'Forbidden', 'Invalid', 'Required'];
    assert.deepEqual(
      reasons,
      kinds.map((kind) => `FieldValue${kind}`),
    );
  },
  'holds the rules of items and members, by their places': async (world) => {
    const short10 = { ...integer, ...rules({ rule: 'self < 10', message: 'small' }) };
    const list = { type: 'array', maxItems: 5, items: short10 };
    const map = { type: 'object', maxProperties: 5, additionalProperties: short10 };
    const { check } = await widget(world, specSchema({ list, map }));
    assertInvalid(await check({ list: [1, 10], map: { a: 10, b: 1 } }), {
      'spec.list[1]': 'Invalid value: 10: small',
      'spec.map[a]': 'Invalid value: 10: small',
    });
  },
  'sees the name of the object, and fields whose names are escaped': async (world) => {
    const escaped = "!has(self.da__dash__sh) || self.da__dash__sh == 'x'";
    const word = "!has(self.__namespace__) || self.__namespace__ == 'x'";
    const named = rules({ rule: "self.metadata.name != 'bad'", message: 'bad name' });
    const properties = { 'da-sh': short, namespace: short };
    const both = rules({ rule: escaped, message: 'dash' }, { rule: word, message: 'word' });
    const { check, path, object } = await widget(world, { ...specSchema(properties, both), ...named });
    assertInvalid(await world.admin.post(path, object('bad')), { '<nil>': 'Invalid value: bad name' });
    const answer = await check({ 'da-sh': 'y', namespace: 'y' });
    assert.match(answer.body.message, /spec: Invalid value: dash, spec: Invalid value: word/);
  },
  'compares times, durations and bytes as what they are': async (world) => {
    const of = (format: string, rule: string) => ({
      ...text,
      maxLength: 99,
      format,
      ...rules({ rule, message: 'no' }),
    });
    const schema = specSchema({
      time: of('date-time', "self > timestamp('2020-01-01T00:00:00Z')"),
      duration: of('duration', "self < duration('1h')"),
      bytes: of('byte', "self == b'abc'"),
      either: { 'x-kubernetes-int-or-string': true, ...rules({ rule: 'type(self) == string || self > 0' }) },
    });
    const { check } = await widget(world, schema);
    const good = { time: '2021-01-01T00:00:00Z', duration: '1m', bytes: 'YWJj', either: 'x' };
    assert.equal((await check(good)).code, 200);
    assertInvalid(await check({ time: '2019-01-01T00:00:00Z', duration: '2h', bytes: 'YWJk', either: 0 }), {
      'spec.time': 'Invalid value: "2019-01-01T00:00:00Z": no',
      'spec.duration': 'Invalid value: "2h": no',
      'spec.bytes': 'Invalid value: "YWJk": no',
      'spec.either': 'Invalid value: 0: failed rule: type(self) == string || self > 0',
    });
  },
  'refuses what a rule can not be evaluated for': async (world) => {
    const rule = { rule: "self['k'] > 0", message: 'k positive' };
    const map = { type: 'object', maxProperties: 3, additionalProperties: integer, ...rules(rule) };
    const { check } = await widget(world, specSchema({ map }));
    const why = 'Invalid value: "object": no such key: k evaluating rule: k positive';
    assertInvalid(await check({ map: {} }), { 'spec.map': why });
  },
  'asks no rules about an object whose types are wrong': async (world) => {
    const a = { ...integer, ...rules({ rule: 'self > 0', message: 'must be positive' }) };
    const { check } = await widget(world, specSchema({ a, b: text }));
    assertInvalid(await check({ a: 0, b: 1 }), {
      'spec.b': 'Invalid value: "integer": spec.b in body must be of type string: "integer"',
      '<nil>': /^Invalid value: null: some validation rules were not checked because the object was invalid; correct/,
    });
  },
  'holds rules about a change to changes only': async (world) => {
    const a = { ...short, ...rules({ rule: 'self == oldSelf', message: 'immutable' }) };
    const { make, patch } = await widget(world, specSchema({ a }));
    await make({ a: 'one' });
    assertInvalid(await patch({ a: 'two' }), { 'spec.a': 'Invalid value: "two": immutable' });
    assert.equal((await patch({ a: null })).code, 200);
    assert.equal((await patch({ a: 'three' })).code, 200);
  },
  'follows the items of a list by their keys': async (world) => {
    const v = { ...integer, ...rules({ rule: 'self >= oldSelf', message: 'up only' }) };
    const items = { type: 'object', required: ['k'], properties: { k: short, v } };
    const { make, patch } = await widget(world, specSchema({ list: { type: 'array', maxItems: 5, ...keyed, items } }));
    await make({
      list: [
        { k: 'a', v: 5 },
        { k: 'b', v: 5 },
      ],
    });
    const change = [
      { k: 'b', v: 4 },
      { k: 'c', v: 1 },
      { k: 'a', v: 6 },
    ];
    assertInvalid(await patch({ list: change }), { 'spec.list[0].v': 'Invalid value: 4: up only' });
    assert.equal((await patch({ list: change.slice(1) })).code, 200);
  },
  'asks a rule with an optional old value about new values too': async (world) => {
    const rule = "oldSelf.hasValue() ? oldSelf.value() == self : self == 'first'";
    const a = { ...short, ...rules({ rule, optionalOldSelf: true, message: 'no' }) };
    const { check, make, patch } = await widget(world, specSchema({ a, b: text }));
    assertInvalid(await check({ a: 'other' }), { 'spec.a': 'Invalid value: "other": no' });
    await make({ a: 'first' });
    assertInvalid(await patch({ a: 'second' }), { 'spec.a': 'Invalid value: "second": no' });
    assert.equal((await patch({ b: 'x' })).code, 200);
  },
  'warns of old values that a new rule refuses, while they do not change': async (world) => {
    const kind = await widget(
      world,
      specSchema({ a: short, b: text, list: { type: 'array', maxItems: 5, items: short } }),
    );
    await kind.make({ a: 'bad', list: ['bad'] });
    const good = { ...short, ...rules({ rule: "self != 'bad'", message: 'is bad' }) };
    await redefine(world, kind, specSchema({ a: good, b: text, list: { type: 'array', maxItems: 5, items: text } }));
    await world.eventually(async () => assert.equal((await kind.check({ a: 'bad' })).code, 422));
    const answer = await kind.patch({ b: 'x' });
    assert.deepEqual([answer.code, warningsOf(answer)], [200, ['spec.a: Invalid value: "bad": is bad']]);
    assert.equal((await kind.patch({ a: 'good' })).code, 200);
    assertInvalid(await kind.patch({ a: 'bad' }), { 'spec.a': 'Invalid value: "bad": is bad' });
  },
  'knows quantities, addresses, URLs and the functions of lists and texts': async (world) => {
    const rule = [
      "quantity(self.a).isLessThan(quantity('1Gi'))",
      "isIP('10.0.0.1') && cidr('10.0.0.0/8').containsIP('10.1.2.3')",
      "url('https://a:1/b').getHostname() == 'a'",
      "self.list.isSorted() && self.list.indexOf('b') == 1",
      "self.list.filter(x, x != 'a').map(x, x + 'c').exists_one(x, x == 'bc')",
      "self.a.find('[0-9]+') == '512' && 'a,b'.split(',').size() == 2 && '%d'.format([1]) == '1'",
    ].join(' && ');
    const list = { type: 'array', maxItems: 5, items: short };
    const schema = specSchema({ a: short, list }, { required: ['a', 'list'], ...rules({ rule, message: 'no' }) });
    const { check } = await widget(world, schema);
    assert.equal((await check({ a: '512Mi', list: ['a', 'b'] })).code, 200);
    assertInvalid(await check({ a: '2Gi', list: ['a', 'b'] }), { spec: 'Invalid value: no' });
    assertInvalid(await check({ a: '512Mi', list: ['b', 'a'] }), { spec: 'Invalid value: no' });
  },
  'finds no host in a URL that has none': async (world) => {
    const a = { ...text, maxLength: 64, 'x-kubernetes-validations': [{ rule: "url(self).getHostname() != ''" }] };
    const check = await specChecker(world, await define(world, specSchema({ a })));
    assert.equal((await check({ a: 'https://b.example/c' })).code, 200);
    assert.equal((await check({ a: 'https:///c' })).code, 422);
  },
});
