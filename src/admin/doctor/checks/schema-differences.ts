/** Where two schemas of a resource say different things; pure. Descriptions do not count. */

export interface SchemaDifference {
  /** Of the field, such as `spec.containers.warm`. */
  path: string;
  /** Of what the second schema has, held against the first. */
  kind: 'missing' | 'added' | 'changed';
}

/** @param wanted an OpenAPI schema, as is `live` */
export function schemaDifferences(wanted: unknown, live: unknown): SchemaDifference[] {
  return compare(record(wanted), record(live), []);
}

type Schema = Record<string, unknown>;

/** What leads to the schemas of other fields, or is for people alone. */
const NOT_OF_THE_FIELD = new Set(['properties', 'items', 'additionalProperties', 'description']);

function compare(wanted: Schema, live: Schema, path: string[]): SchemaDifference[] {
  const isChanged = ownRules(wanted) !== ownRules(live);
  const [fields, liveFields] = [fieldsOf(wanted), fieldsOf(live)];
  return [
    ...(isChanged ? [{ path: path.join('.') || 'the object', kind: 'changed' as const }] : []),
    ...[...fields].flatMap(([name, schema]) => {
      const other = liveFields.get(name);
      const at = [...path, name];
      return other ? compare(schema, other, at) : [{ path: at.join('.'), kind: 'missing' as const }];
    }),
    ...[...liveFields.keys()]
      .filter((name) => !fields.has(name))
      .map((name) => ({ path: [...path, name].join('.'), kind: 'added' as const })),
  ];
}

function fieldsOf({ properties, items, additionalProperties }: Schema): Map<string, Schema> {
  const inner = [
    ...Object.entries(record(properties)),
    ...(items ? [['[]', items] as const] : []),
    ...(isRecord(additionalProperties) ? [['{}', additionalProperties] as const] : []),
  ];
  return new Map(inner.map(([name, schema]) => [name, record(schema)]));
}

/** The same text for the same rules, in whatever order they are written. */
function ownRules(schema: Schema): string {
  const rules = Object.entries(schema).filter(([key]) => !NOT_OF_THE_FIELD.has(key));
  return JSON.stringify(Object.fromEntries(rules), (_, value) => (isRecord(value) ? sorted(value) : value));
}

function sorted(value: Schema): Schema {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function record(value: unknown): Schema {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
