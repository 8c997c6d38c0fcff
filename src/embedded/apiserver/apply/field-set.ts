/** Which fields a configuration sets: what its applier owns afterwards. */
import { isObject, type JsonValue } from '../base/json.ts';
import { memberSchema, type Schema, sharingOf } from '../schema/schema.ts';
import { itemElement, memberElement } from './path-element.ts';
import { childOf, emptySet, type PathSet, type PathSetBuilder } from './path-set.ts';

export function fieldSet(value: JsonValue, schema: Schema | undefined): PathSet {
  const root = emptySet();
  descend(value, schema, root);
  return root;
}

/** Adds what lies below `value`; returns whether `value` itself is owned as a whole. */
function descend(value: JsonValue | undefined, schema: Schema | undefined, set: PathSetBuilder): boolean {
  const sharing = sharingOf(schema, value);
  if (sharing.kind === 'leaf') return true;
  if (Array.isArray(value)) {
    for (const item of value) add(itemElement(item, sharing, schema?.items), item, schema?.items, set, true);
    return false;
  }
  if (!isObject(value)) return true;
  for (const [key, member] of Object.entries(value)) {
    const named = schema?.properties !== undefined && Object.hasOwn(schema.properties, key);
    const empty = member === null || (isObject(member) && Object.keys(member).length === 0);
    add(memberElement(key), member, memberSchema(schema, key), set, empty || !named);
  }
  return false;
}

function add(
  element: string,
  value: JsonValue | undefined,
  schema: Schema | undefined,
  set: PathSetBuilder,
  always: boolean,
): void {
  const below = childOf(set, element);
  const whole = descend(value, schema, below);
  if (whole || always) set.members.add(element);
  if (below.members.size === 0 && below.children.size === 0) set.children.delete(element);
}
