/** Fills in the defaults of a schema; a default that is an object gets the defaults below it as well. */
import { clone, isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';
import { memberSchema, type Schema } from './schema.ts';

/** Changes `value`. A `null` where none is allowed counts as absent. */
export function fillDefaults(value: JsonValue | undefined, schema: Schema | undefined): void {
  if (!schema) return;
  if (Array.isArray(value)) {
    for (const item of value) fillDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  dropNulls(value, schema);
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (property.default !== undefined && value[key] === undefined) setMember(value, key, clone(property.default));
  }
  for (const [key, member] of Object.entries(value)) fillDefaults(member, memberSchema(schema, key));
}

function dropNulls(value: JsonObject, schema: Schema): void {
  for (const [key, member] of Object.entries(value)) {
    const below = member === null ? memberSchema(schema, key) : undefined;
    if (below && below.nullable !== true) delete value[key];
  }
}
