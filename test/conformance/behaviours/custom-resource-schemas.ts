import { chapter, type World } from '../behaviour.ts';
import { askToDefine, integer, text } from '../custom-resource.ts';
import { assertInvalid } from '../refusal.ts';

const at = 'spec.validation.openAPIV3Schema.properties[x]';

/** Refusals of a schema with one property, `x`. */
async function refused(world: World, x: object, causes: Record<string, string | RegExp>): Promise<void> {
  const { answer } = await askToDefine(world, { type: 'object', properties: { x } });
  assertInvalid(answer, causes);
}

export const customResourceSchemas = chapter('custom resource definitions: schemas', {
  'wants a type of every field, and of the root an object': async (world) => {
    await refused(world, {}, { [`${at}.type`]: 'Required value: must not be empty for specified object fields' });
    await refused(
      world,
      { type: 'array', items: {} },
      {
        [`${at}.items.type`]: 'Required value: must not be empty for specified array items',
      },
    );
    await refused(world, { type: 'array' }, { [`${at}.items`]: 'Required value: must be specified' });
    const { answer } = await askToDefine(world, text);
    const why = 'Invalid value: "string": must be object at the root';
    assertInvalid(answer, { 'spec.validation.openAPIV3Schema.type': why });
  },
  'refuses what is not structural': async (world) => {
    const both = { type: 'object', properties: { a: text }, additionalProperties: text };
    const exclusive = 'Forbidden: additionalProperties and properties are mutual exclusive';
    await refused(world, both, { [`${at}.additionalProperties`]: exclusive });
    await refused(
      world,
      { type: 'object', anyOf: [{ type: 'object' }] },
      {
        [`${at}.anyOf[0].type`]: 'Forbidden: must be empty to be structural',
      },
    );
    await refused(world, { $ref: '#/x' }, { [`${at}.$ref`]: 'Forbidden: $ref is not supported' });
    const unique = 'Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    await refused(world, { type: 'array', items: text, uniqueItems: true }, { [`${at}.uniqueItems`]: unique });
    const pattern = /^Invalid value: "\(\?=a\)": must be a valid regular expression, but isn't/;
    await refused(world, { ...text, pattern: '(?=a)' }, { [`${at}.pattern`]: pattern });
  },
  'refuses defaults that do not fit': async (world) => {
    await refused(world, { ...text, default: 1 }, { [`${at}.default`]: /must be of type string: "integer"$/ });
    const nested = { type: 'object', properties: { a: integer }, default: { a: 'x' } };
    await refused(world, nested, { [`${at}.default.a`]: /must be of type integer: "string"$/ });
    await refused(world, { ...nested, default: { b: 1 } }, { [`${at}.default`]: /must not have unknown fields$/ });
    const choice = { ...text, enum: ['a'], default: 'b' };
    await refused(world, choice, { [`${at}.default`]: 'Unsupported value: "b": supported values: "a"' });
  },
  'refuses list types that can not work': async (world) => {
    const map = { type: 'array', 'x-kubernetes-list-type': 'map' };
    const items = { type: 'object', properties: { a: text } };
    const keys = `${at}.x-kubernetes-list-map-keys`;
    const empty = 'Required value: must not be empty if x-kubernetes-list-type is map';
    await refused(world, { ...map, items }, { [keys]: empty });
    const optional = { ...map, items, 'x-kubernetes-list-map-keys': ['a'] };
    const must = /so it must have a default or be a required property$/;
    await refused(world, optional, { [`${at}.items.properties[a].default`]: must });
    const set = { type: 'array', 'x-kubernetes-list-type': 'set', items };
    const atomic = 'Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set';
    await refused(world, set, { [`${at}.items.x-kubernetes-map-type`]: atomic });
  },
});
