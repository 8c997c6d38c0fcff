/**
 * Strategic merge patch: a merge patch that also merges lists whose items are told apart by a key, and takes directives
 * (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/x`, `$setElementOrder/x`).
 */

import { goText } from '../base/go-text.ts';
import { asArray, clone, equal, isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';
import { KubeStatusError } from '../base/status-error.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';

const ORDER = '$setElementOrder/';
const DELETE_VALUES = '$deleteFromPrimitiveList/';

/** @throws KubeStatusError 500 for a directive that is not one and for an item without its key: so the API server has it */
export function applyStrategicMergePatch(
  object: JsonObject,
  patch: JsonObject,
  schema: Schema | undefined,
): JsonObject {
  if (patch.$patch === 'replace') return withoutDirectives(patch);
  if (patch.$patch === 'delete') return {};
  if (patch.$patch !== undefined && patch.$patch !== 'merge') throw unknownDirective(patch);
  const merged: JsonObject = retained(object, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    const below = memberSchema(schema, key);
    if (value === null) delete merged[key];
    else if (isObject(value) && value.$patch === 'delete') delete merged[key];
    else setMember(merged, key, mergeMember(merged[key], value, below));
  }
  for (const [key, value] of Object.entries(patch)) applyListDirective(merged, key, asArray(value), schema);
  return merged;
}

function mergeMember(current: JsonValue | undefined, value: JsonValue | undefined, schema: Schema | undefined) {
  if (isObject(value)) return applyStrategicMergePatch(isObject(current) ? current : {}, value, schema);
  if (!Array.isArray(value)) return value;
  if (schema?.['x-kubernetes-patch-strategy'] !== 'merge') return clone(listWithoutDirectives(value));
  const key = schema['x-kubernetes-patch-merge-key'];
  return key ? mergeKeyed(asArray(current), value, key, schema.items) : mergeValues(asArray(current), value);
}

function mergeKeyed(current: JsonValue[], patch: JsonValue[], key: string, items: Schema | undefined): JsonValue[] {
  const replace = patch.some((item) => isObject(item) && item.$patch === 'replace');
  const before = replace ? [] : current;
  const merged = [...before];
  for (const item of patch) {
    if (!isObject(item)) throw unusable('expected a map in a list that merges by key');
    if (item.$patch === 'replace') continue;
    const keyValue = item[key];
    if (keyValue === undefined) throw unusable(`map: ${goText(item)} does not contain declared merge key: ${key}`);
    const position = merged.findIndex((other) => isObject(other) && equal(other[key], keyValue));
    if (item.$patch === 'delete') {
      if (position >= 0) merged.splice(position, 1);
    } else if (position < 0) {
      merged.push(applyStrategicMergePatch({}, item, items));
    } else {
      merged[position] = applyStrategicMergePatch(merged[position] as JsonObject, item, items);
    }
  }
  return inOrder(merged, before, patch, key);
}

function mergeValues(current: JsonValue[], patch: JsonValue[]): JsonValue[] {
  const merged = [...current, ...patch.filter((value) => !current.some((other) => equal(other, value)))];
  return inOrder(merged, current, patch, undefined);
}

function applyListDirective(merged: JsonObject, key: string, values: JsonValue[], schema: Schema | undefined): void {
  if (key.startsWith(DELETE_VALUES)) {
    const field = key.slice(DELETE_VALUES.length);
    merged[field] = asArray(merged[field]).filter((value) => !values.some((other) => equal(other, value)));
  } else if (key.startsWith(ORDER)) {
    const field = key.slice(ORDER.length);
    const list = merged[field];
    if (!Array.isArray(list)) return;
    const mergeKey = memberSchema(schema, field)?.['x-kubernetes-patch-merge-key'];
    merged[field] = inOrder(list, list, values, mergeKey);
  }
}

/**
 * Items that the patch names come in its order, new ones as early as possible; the others keep their order, and their
 * place among those that were there before.
 */
function inOrder(list: JsonValue[], before: JsonValue[], order: JsonValue[], key: string | undefined): JsonValue[] {
  const identity = (item: JsonValue) => (key && isObject(item) ? item[key] : item);
  const rank = (items: JsonValue[], item: JsonValue) =>
    items.findIndex((other) => equal(identity(other), identity(item)));
  const named = list
    .filter((item) => rank(order, item) >= 0)
    .sort((left, right) => rank(order, left) - rank(order, right));
  const others = list.filter((item) => rank(order, item) < 0);
  const ordered: JsonValue[] = [];
  for (
    let [next] = named, [other] = others;
    next !== undefined || other !== undefined;
    [next] = named, [other] = others
  ) {
    const nextIsDue = next !== undefined && (other === undefined || rank(before, next) < rank(before, other));
    ordered.push((nextIsDue ? named : others).shift() ?? null);
  }
  return ordered;
}

function retained(object: JsonObject, patch: JsonObject): JsonObject {
  if (patch.$retainKeys === undefined) return { ...object };
  const keys = new Set(asArray(patch.$retainKeys));
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.has(key)));
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(clone(patch)).filter(([key]) => !key.startsWith('$')));
}

function listWithoutDirectives(list: JsonValue[]): JsonValue[] {
  return list.filter((item) => !(isObject(item) && item.$patch !== undefined));
}

function unknownDirective(patch: JsonObject): Error {
  return unusable(`unknown patch type: ${String(patch.$patch)} in map: ${goText(patch)}`);
}

function unusable(why: string): Error {
  return new KubeStatusError(500, '', why);
}
