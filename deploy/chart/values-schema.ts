import * as z from 'zod';
import { ChartValues, Server } from './values/chart-values.ts';
import type { DocumentedValue } from './values/documented-values.ts';

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  [key: string]: unknown;
}

/**
 * values.schema.json: what Helm refuses values by. Its descriptions are the comments of values.yaml.
 * @throws Error naming a value that is in one of the two only
 */
export function schemaText(values: readonly DocumentedValue[]): string {
  const schema = z.toJSONSchema(ChartValues, { target: 'draft-7', io: 'input', override }) as Schema;
  const undocumented = new Set(leaves(schema, new Set(values.map(({ path }) => path))));
  for (const { path, comment } of values) {
    const property = path.split('.').reduce<Schema | undefined>((at, key) => at?.properties?.[key], schema);
    if (!property) throw new Error(`values.yaml has ${path}, which the schema has not`);
    if (comment) property.description = comment;
    undocumented.delete(path);
  }
  undocumented.delete('global');
  if (undocumented.size > 0) throw new Error(`values.yaml lacks ${[...undocumented].join(', ')}`);
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** The paths that values.yaml must have: what is said there as one value is not looked into. */
function leaves(schema: Schema, whole: ReadonlySet<string>, path = ''): string[] {
  if (!schema.properties || whole.has(path)) return [path];
  return Object.entries(schema.properties).flatMap(([key, property]) =>
    leaves(property, whole, path ? `${path}.${key}` : key),
  );
}

/** Without what only the operator's own help reads; and nothing but a server has to be given in full, as all else has a default. */
function override({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void {
  const unwanted = ['value', 'example', 'takes', 'default', 'propertyNames'];
  if (zodSchema !== Server) unwanted.push('required');
  for (const key of unwanted) Reflect.deleteProperty(jsonSchema, key);
}
