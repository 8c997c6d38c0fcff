import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { canonicalQuantity } from '../base/quantity.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { MICRO_TIME } from '../schema/type-table.ts';
import { readTime } from './times.ts';

const RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/**
 * Changes the quantities and times in a built-in object to the form they are stored in. Returns what is wrong with the
 * first bad one, in the decoder's words.
 */
export function canonicalize(object: JsonObject, schema: Schema): string | undefined {
  for (const [key, member] of Object.entries(object)) {
    const below = memberSchema(schema, key);
    if (!below || member === null || member === undefined) continue;
    if (isQuantity(below)) {
      const canonical = canonicalQuantity(String(member));
      if (canonical === undefined) return RULE;
      object[key] = canonical;
    } else if (below.format === 'date-time' && typeof member === 'string') {
      const read = readTime(member, below === MICRO_TIME);
      if ('problem' in read) return read.problem;
      object[key] = read.time;
    } else {
      const problem = within(member, below);
      if (problem) return problem;
    }
  }
  return undefined;
}

function within(value: JsonValue, schema: Schema): string | undefined {
  if (isObject(value)) return canonicalize(value, schema);
  if (!Array.isArray(value) || !schema.items) return undefined;
  for (const item of value) {
    const problem = isObject(item) && canonicalize(item, schema.items);
    if (problem) return problem;
  }
  return undefined;
}

/** Quantities are the numbers or strings that the tables of types say are strings. */
function isQuantity(schema: Schema): boolean {
  return schema['x-kubernetes-int-or-string'] === true && schema.type === 'string';
}
