/** A configuration laid over a live object: what the configuration sets wins, the rest stays. */
import { isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';
import { memberSchema, type Schema, type Sharing, sharingOf } from '../schema/schema.ts';
import { itemElement } from './path-element.ts';

export function merge(
  live: JsonValue | undefined,
  config: JsonValue | undefined,
  schema: Schema | undefined,
): JsonValue | undefined {
  if (config === undefined) return live;
  if (live === undefined) return config;
  if (config === null) return isSharedContent(live, schema) ? live : config;
  const sharing = sharingOf(schema, config);
  if (sharing.kind === 'leaf') return config;
  if (Array.isArray(config)) return Array.isArray(live) ? mergeLists(live, config, sharing, schema) : config;
  return isObject(live) && isObject(config) ? mergeObjects(live, config, schema) : config;
}

/** A null takes nothing away from what several writers share. */
function isSharedContent(value: JsonValue, schema: Schema | undefined): boolean {
  if (sharingOf(schema, value).kind === 'leaf') return false;
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function mergeObjects(live: JsonObject, config: JsonObject, schema: Schema | undefined): JsonObject {
  const merged: JsonObject = { ...live };
  for (const [key, value] of Object.entries(config)) {
    setMember(merged, key, merge(live[key], value, memberSchema(schema, key)));
  }
  return merged;
}

/** Shared items stand in the configuration's order; items of the live list alone stay where they were. */
function mergeLists(live: JsonValue[], config: JsonValue[], sharing: Sharing, schema: Schema | undefined): JsonValue[] {
  const elementOf = (item: JsonValue) => itemElement(item, sharing, schema?.items);
  const liveItems = live.map((item) => ({ element: elementOf(item), item }));
  const configItems = config.map((item) => ({ element: elementOf(item), item }));
  const byElement = new Map(liveItems.map(({ element, item }) => [element, item]));
  const configured = new Set(configItems.map(({ element }) => element));
  const merged: JsonValue[] = [];
  let position = 0;
  const takeLiveOnly = () => {
    for (let next = liveItems[position]; next && !configured.has(next.element); next = liveItems[++position]) {
      merged.push(next.item);
    }
  };
  for (const { element, item } of configItems) {
    takeLiveOnly();
    merged.push(merge(byElement.get(element), item, schema?.items) ?? null);
    if (liveItems[position]?.element === element) position++;
  }
  for (; position < liveItems.length; position++) takeLiveOnly();
  return merged;
}

interface Removal {
  members: ReadonlySet<string>;
  children: ReadonlyMap<string, Removal>;
}

/**
 * `value` without the members and items that `removed` names.
 * @param emptied what stands for a container that becomes empty but is not named itself: nothing, or null
 */
export function removeItems(
  value: JsonValue | undefined,
  removed: Removal,
  schema: Schema | undefined,
  emptied: null | undefined,
): JsonValue | undefined {
  const sharing = sharingOf(schema, value);
  if (sharing.kind === 'leaf') return value;
  if (Array.isArray(value)) {
    const kept: JsonValue[] = [];
    for (const item of value) {
      const element = itemElement(item, sharing, schema?.items);
      if (removed.members.has(element)) continue;
      const below = removed.children.get(element);
      kept.push((below ? removeItems(item, below, schema?.items, emptied) : item) ?? null);
    }
    return kept.length > 0 || value.length === 0 ? kept : emptied;
  }
  if (!isObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (removed.members.has(`f:${key}`)) continue;
    const below = removed.children.get(`f:${key}`);
    const rest = below ? removeItems(member, below, memberSchema(schema, key), emptied) : member;
    if (rest !== undefined) setMember(kept, key, rest);
  }
  return Object.keys(kept).length > 0 || Object.keys(value).length === 0 ? kept : emptied;
}
