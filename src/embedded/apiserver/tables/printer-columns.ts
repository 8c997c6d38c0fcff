/** The columns that a CustomResourceDefinition declares. */
import { asString, type JsonObject, type JsonValue } from '../base/json.ts';
import { age } from './age.ts';
import type { Column } from './column.ts';
import { AGE, NAME } from './common-columns.ts';
import { parseJsonPath } from './json-path.ts';

const TYPES = ['string', 'integer', 'number', 'boolean', 'date'] as const;

/** NAME and the declared ones; AGE as well when none is declared. */
export function printerColumns(declared: readonly JsonObject[]): readonly Column[] {
  return [NAME, ...(declared.length === 0 ? [AGE] : declared.map(printerColumn))];
}

function printerColumn(declared: JsonObject): Column {
  const type = TYPES.find((each) => each === declared.type) ?? 'string';
  const find = parseJsonPath(asString(declared.jsonPath));
  return {
    name: asString(declared.name),
    type,
    format: asString(declared.format),
    description:
      asString(declared.description) ||
      `Custom resource definition column (in JSONPath format): ${asString(declared.jsonPath)}`,
    priority: typeof declared.priority === 'number' ? declared.priority : 0,
    cell: (object, now) => cellOf(find(object)[0], type, now),
  };
}

function cellOf(value: JsonValue | undefined, type: Column['type'], now: number): JsonValue {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? age(value, now) : null;
    case 'string':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}
