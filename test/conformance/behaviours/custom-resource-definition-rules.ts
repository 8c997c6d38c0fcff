import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { askToDefine, specSchema, text } from '../custom-resource.ts';
import { assertInvalid } from '../refusal.ts';

const short = { ...text, maxLength: 64 };
const rules = (...all: object[]) => ({ 'x-kubernetes-validations': all });
const at = 'spec.validation.openAPIV3Schema.properties[spec]';
const ruleAt = `${at}.properties[a].x-kubernetes-validations[0]`;

const ask = async (world: World, schema: object) => (await askToDefine(world, schema)).answer;
/** A definition with one rule of a text. */
const askRule = (world: World, rule: object) => ask(world, specSchema({ a: { ...short, ...rules(rule) } }));
/** A definition with one rule of the whole spec. */
const askSpecRule = (world: World, rule: string, properties: object) =>
  ask(world, specSchema(properties, rules({ rule })));

export const customResourceDefinitionRules = chapter('custom resource definitions: rules', {
  'refuses a rule that is not of the language, and shows where': async (world) => {
    const answer = await askRule(world, { rule: 'self ==' });
    const shown =
      '{"Rule":"self ==","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}';
    const [{ field, message }] = answer.body.details.causes;
    assert.equal(field, `${ruleAt}.rule`);
    assert.ok(message.startsWith(`Invalid value: ${shown}: compilation failed: ERROR: <input>:1:8: `), message);
    assert.ok(message.endsWith('\n | self ==\n | .......^'), message);
  },
  'refuses variables, functions and fields that are not there': async (world) => {
    const cause = { [`${ruleAt}.rule`]: /compilation failed: ERROR: <input>:1:/ };
    assertInvalid(await askRule(world, { rule: 'zork > 1' }), {
      [`${ruleAt}.rule`]:
        /ERROR: <input>:1:1: undeclared reference to 'zork' \(in container ''\)\n \| zork > 1\n \| \^$/,
    });
    assertInvalid(await askRule(world, { rule: 'self.zork()' }), cause);
    const field = { [`${at}.x-kubernetes-validations[0].rule`]: /undefined field 'zork'/ };
    assertInvalid(await askSpecRule(world, "self.zork == 'x'", { a: text }), field);
    assertInvalid(await askSpecRule(world, 'has(self.zork)', { a: text }), field);
    const list = { type: 'array', maxItems: 3, items: { type: 'object', properties: { x: short } } };
    assertInvalid(await askSpecRule(world, 'self.list.all(i, i.zork == 1)', { list }), field);
  },
  'sees no metadata but the names': async (world) => {
    const schema = (rule: string) => ({ ...specSchema({ a: text }), ...rules({ rule }) });
    const answer = await ask(world, schema("self.metadata.labels['a'] == 'b'"));
    const rule = 'spec.validation.openAPIV3Schema.x-kubernetes-validations[0].rule';
    assertInvalid(answer, { [rule]: /ERROR: <input>:1:14: undefined field 'labels'\n \| self.metadata.labels/ });
    assert.equal((await ask(world, schema("self.metadata.name != 'x' && self.kind == 'Widget'"))).code, 201);
  },
  'refuses comparisons of different types': async (world) => {
    const cause = { [`${at}.x-kubernetes-validations[0].rule`]: /compilation failed: ERROR: / };
    const properties = { a: short, b: { type: 'integer' } };
    for (const rule of [
      'self.a == self.b',
      'self.a + 1 > 2',
      'self.a in [1, 2]',
      "self.a in ['x', 1]",
      'self.a == null',
    ]) {
      assertInvalid(await askSpecRule(world, rule, properties), cause);
    }
  },
  'refuses rules whose result is no truth value, and messages that are no text': async (world) => {
    const none = await askRule(world, { rule: 'self' });
    assertInvalid(none, { [`${ruleAt}.rule`]: /: cel expression must evaluate to a bool$/ });
    const number = await askRule(world, { rule: 'true', messageExpression: '1' });
    assertInvalid(number, { [`${ruleAt}.messageExpression`]: /: messageExpression must evaluate to a string$/ });
    const broken = await askRule(world, { rule: 'true', messageExpression: 'self.' });
    assertInvalid(broken, { [`${ruleAt}.messageExpression`]: /: messageExpression compilation failed: ERROR: / });
  },
  'wants rules and messages that say something on one line': async (world) => {
    const words = async (rule: object, causes: Record<string, string>) =>
      assertInvalid(
        await askRule(world, rule),
        Object.fromEntries(Object.entries(causes).map(([key, why]) => [`${ruleAt}.${key}`, why])),
      );
    await words({ rule: ' ', message: 'x' }, { rule: 'Required value: rule is not specified' });
    await words({ rule: 'true', message: ' ' }, { message: 'Invalid value: " ": must be non-empty if specified' });
    await words({ rule: 'true', message: 'a\nb' }, { message: 'Invalid value: "a\\nb": must not contain line breaks' });
    const lines = 'Required value: message must be specified if rule contains line breaks';
    await words({ rule: 'true\n && true' }, { message: lines });
    const blank = 'Required value: messageExpression must be non-empty if specified';
    await words({ rule: 'true', messageExpression: ' ' }, { messageExpression: blank });
  },
  'refuses reasons that it does not know, and paths to no field': async (world) => {
    const reason = await askRule(world, { rule: 'true', reason: 'Zork' });
    const supported = ['Duplicate', 'Forbidden', 'Invalid', 'Required'].map((each) => `"FieldValue${each}"`);
    assertInvalid(reason, {
      [`${ruleAt}.reason`]: `Unsupported value: "Zork": supported values: ${supported.join(', ')}`,
    });
    const list = { type: 'array', items: short, maxItems: 3 };
    for (const fieldPath of ['.zork', 'a', '.a.b', '.list[0]']) {
      const answer = await ask(world, specSchema({ a: short, list }, rules({ rule: 'true', fieldPath })));
      const why = `Invalid value: "${fieldPath}": must be a valid path`;
      assertInvalid(answer, { [`${at}.x-kubernetes-validations[0].fieldPath`]: why });
    }
  },
  'refuses rules about a change of what can not be followed': async (world) => {
    const items = { ...short, ...rules({ rule: 'self == oldSelf' }) };
    const answer = await ask(world, specSchema({ list: { type: 'array', maxItems: 3, items } }));
    const why = 'oldSelf cannot be used on the uncorrelatable portion of the schema within';
    assertInvalid(answer, {
      [`${at}.properties[list].items.x-kubernetes-validations[0].rule`]: `Invalid value: "self == oldSelf": ${why} ${at}.properties[list]`,
    });
    const map = { type: 'object', maxProperties: 3, additionalProperties: items };
    assert.equal((await ask(world, specSchema({ map }))).code, 201);
  },
  'takes an optional old value in rules that use it, as an optional': async (world) => {
    const unused = await askRule(world, { rule: "self == 'x'", optionalOldSelf: true });
    const why = 'Invalid value: true: may not be set if oldSelf is not used in rule';
    assertInvalid(unused, { [`${ruleAt}.optionalOldSelf`]: why });
    assert.equal((await askRule(world, { rule: "oldSelf.orValue('') == self", optionalOldSelf: true })).code, 201);
  },
  'refuses rules that may cost too much': async (world) => {
    const list = { type: 'array', items: { type: 'array', items: text } };
    const answer = await askSpecRule(world, 'self.list.all(x, x.all(y, self.list.all(z, y in z)))', { list });
    assert.equal(answer.code, 422);
    const why =
      /^Forbidden: estimated rule cost exceeds budget by factor of more than 100x \(try simplifying the rule, or adding/;
    assert.match(answer.body.details.causes[0].message, why);
  },
  'takes rules over lists and texts that have bounds': async (world) => {
    const list = { type: 'array', maxItems: 20, items: short };
    const answer = await askSpecRule(world, 'self.list.all(x, self.list.exists_one(y, x == y))', { list });
    assert.equal(answer.code, 201, answer.body.message);
  },
  'refuses a default that breaks a rule of its own field': async (world) => {
    const rule = { rule: "self != 'x'", message: 'not x' };
    const answer = await ask(world, specSchema({ a: { ...short, default: 'x', ...rules(rule) } }));
    assertInvalid(answer, { [`${at}.properties[a].default`]: 'Invalid value: "x": not x' });
    assert.equal((await ask(world, specSchema({ a: { ...short, default: 'y', ...rules(rule) } }))).code, 201);
  },
  'judges a default as it stands, without the defaults below it': async (world) => {
    const properties = { m: { ...short, default: 'on' }, n: short };
    const rule = { rule: "has(self.m) && self.m == 'on'", message: 'must be on' };
    const holder = (value: object) => specSchema({ a: { type: 'object', properties, default: value, ...rules(rule) } });
    assertInvalid(await ask(world, holder({})), {
      [`${at}.properties[a].default`]: 'Invalid value: must be on',
    });
    assert.equal((await ask(world, holder({ m: 'on' }))).code, 201);
  },
  'judges what stands in a default by the rules of its field': async (world) => {
    const m = { ...short, ...rules({ rule: "self != 'x'", message: 'not x' }) };
    const a = { type: 'object', properties: { m }, default: { m: 'x' } };
    assertInvalid(await ask(world, specSchema({ a })), {
      [`${at}.properties[a].default.m`]: 'Invalid value: "x": not x',
    });
  },
  'holds a default to rules about a change, as a value that stays': async (world) => {
    const changed = { rule: 'self != oldSelf', message: 'must change' };
    const answer = await ask(world, specSchema({ a: { ...short, default: 'x', ...rules(changed) } }));
    assertInvalid(answer, { [`${at}.properties[a].default`]: 'Invalid value: "x": must change' });
    const same = { rule: 'self == oldSelf' };
    assert.equal((await ask(world, specSchema({ a: { ...short, default: 'x', ...rules(same) } }))).code, 201);
  },
});
