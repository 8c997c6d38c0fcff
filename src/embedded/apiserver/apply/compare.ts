/** What one version of an object adds to, removes from and changes in another, field by field. */
import { equal, isObject, type JsonValue } from '../base/json.ts';
import { memberSchema, type Schema, type Sharing, sharingOf } from '../schema/schema.ts';
import { itemElement, memberElement } from './path-element.ts';
import { childOf, emptySet, type PathSetBuilder } from './path-set.ts';

export interface Comparison {
  added: PathSetBuilder;
  removed: PathSetBuilder;
  modified: PathSetBuilder;
}

export function compare(left: JsonValue, right: JsonValue, schema: Schema | undefined): Comparison {
  const comparison = { added: emptySet(), removed: emptySet(), modified: emptySet() };
  compareBelow(left, right, schema, comparison);
  return comparison;
}

type Side = JsonValue | undefined;

function compareBelow(left: Side, right: Side, schema: Schema | undefined, into: Comparison): void {
  if (Array.isArray(left) || Array.isArray(right)) {
    const sharing = sharingOf(schema, Array.isArray(right) ? right : left);
    const mine = index(left, sharing, schema);
    const theirs = index(right, sharing, schema);
    for (const element of new Set([...mine.keys(), ...theirs.keys()])) {
      const field = { schema: schema?.items, alwaysThere: false };
      compareField(element, mine.get(element), theirs.get(element), field, into);
    }
    return;
  }
  const mine = isObject(left) ? left : {};
  const theirs = isObject(right) ? right : {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const field = { schema: memberSchema(schema, key), alwaysThere: isAlwaysThere(schema, key) };
    compareField(memberElement(key), mine[key], theirs[key], field, into);
  }
}

interface Field {
  schema: Schema | undefined;
  /** In Go it is no pointer and never left out, so it neither comes nor goes: only what is in it does. */
  alwaysThere: boolean;
}

function isAlwaysThere(owner: Schema | undefined, key: string): boolean {
  if (owner?.binary?.[key]?.keepsZero !== false) return false;
  const field = owner.properties?.[key];
  return field?.properties !== undefined || (field?.type === 'array' && owner.required?.includes(key) === true);
}

function compareField(
  element: string,
  left: Side,
  right: Side,
  { schema, alwaysThere }: Field,
  into: Comparison,
): void {
  if (left === right) return;
  const isPlace = alwaysThere && (isShared(left, schema) || isShared(right, schema));
  if (left === undefined && !isPlace) into.added.members.add(element);
  if (right === undefined && !isPlace) into.removed.members.add(element);
  if (isShared(left, schema) || isShared(right, schema)) {
    if (left !== undefined && right !== undefined && !sameShape(left, right)) into.modified.members.add(element);
    const below = {
      added: childOf(into.added, element),
      removed: childOf(into.removed, element),
      modified: childOf(into.modified, element),
    };
    compareBelow(left, right, schema, below);
    dropEmpty(into, element);
  } else if (left !== undefined && right !== undefined && !equal(left, right)) {
    into.modified.members.add(element);
  }
}

/** Shared by several writers, and not empty (an empty object or list is a value of its own). */
function isShared(value: Side, schema: Schema | undefined): boolean {
  if (value === undefined || sharingOf(schema, value).kind === 'leaf') return false;
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function sameShape(left: JsonValue, right: JsonValue): boolean {
  return Array.isArray(left) === Array.isArray(right) && isObject(left) === isObject(right);
}

function index(list: Side, sharing: Sharing, schema: Schema | undefined): Map<string, JsonValue> {
  const items = new Map<string, JsonValue>();
  for (const item of Array.isArray(list) ? list : []) {
    const element = itemElement(item, sharing, schema?.items);
    if (!items.has(element)) items.set(element, item);
  }
  return items;
}

function dropEmpty(into: Comparison, element: string): void {
  for (const set of [into.added, into.removed, into.modified]) {
    const below = set.children.get(element);
    if (below && below.members.size === 0 && below.children.size === 0) set.children.delete(element);
  }
}
