/**
 * One step of the path to a field, in the form `managedFields` stores it: `f:name` a member, `k:{"name":"x"}` an item of
 * a list by its keys, `v:"x"` a value in a set.
 */
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Schema, Sharing } from '../schema/schema.ts';

export function memberElement(name: string): string {
  return `f:${name}`;
}

/** The name of a member, `undefined` for an item of a list. */
export function memberName(element: string): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** How an item of a keyed list or a set is told apart from its siblings. */
export function itemElement(item: JsonValue | undefined, sharing: Sharing, itemSchema: Schema | undefined): string {
  if (sharing.kind !== 'keyed') return `v:${JSON.stringify(item)}`;
  const keys: JsonObject = {};
  for (const key of [...sharing.keys].sort()) {
    const value = isObject(item) ? (item[key] ?? itemSchema?.properties?.[key]?.default) : undefined;
    if (value !== undefined) keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** The step as people read it: `.name`, `[name="x"]`, `[="x"]`. */
export function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  if (!element.startsWith('k:')) return `[${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as JsonObject);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
