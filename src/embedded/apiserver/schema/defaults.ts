/** Fills in the defaults of a schema; a default that is an object gets the defaults below it as well. */
import { clone, isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';
import { memberSchema, type Schema } from './schema.ts';

/** Changes `value`. A `null` where none is allowed gives way to the default. */
export function fillDefaults(value: JsonValue | undefined, schema: Schema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const item of value) fillDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined || property.default === null) continue;
    const isMissing = value[key] === undefined || (value[key] === null && property.nullable !== true);
    if (isMissing) setMember(value, key, clone(property.default));
  }
  for (const [key, member] of Object.entries(value)) fillDefaults(member, memberSchema(schema, key));
}

/** Changes `value`: members that are `null`, have no default and may not be `null`, count as absent. */
export function dropNulls(value: JsonValue | undefined, schema: Schema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const below = memberSchema(schema, key);
    if (isDroppable(member, below)) delete value[key];
    else dropNulls(member, below);
  }
}

function isDroppable(value: JsonObject[string], schema: Schema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true && (schema.default ?? null) === null;
}
