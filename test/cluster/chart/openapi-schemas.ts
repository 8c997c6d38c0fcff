/** An API server's OpenAPI, and CustomResourceDefinitions, as the JSON schemas that kubeconform reads: a file for each kind. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Swagger {
  definitions: Record<string, Schema>;
}

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  format?: string;
  type?: string;
  $ref?: string;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  [key: string]: unknown;
}

const REFERENCE = '#/definitions/';
/** For kubeconform's `-schema-location`, below the folder. */
export const LOCATION = '{{ .Group }}/{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json';

/** Writes the schema of every kind into a folder. Nothing that is not in a schema fits it. */
export async function writeSchemas({ definitions }: Swagger, folder: string): Promise<void> {
  const strict = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, withoutMore(schema)]));
  for (const [name, schema] of Object.entries(definitions)) {
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
      await write(
        folder,
        { group, version, kind },
        { $ref: `${REFERENCE}${name}`, definitions: reachable(name, strict) },
      );
    }
  }
}

interface Definition {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
  };
}

/** As above, of a CustomResourceDefinition. */
export async function writeDefinitionSchema({ spec }: Definition, folder: string): Promise<void> {
  for (const { name, schema } of spec.versions) {
    const of = { group: spec.group, version: name, kind: spec.names.kind };
    await write(folder, of, withoutMore(schema.openAPIV3Schema));
  }
}

async function write(
  folder: string,
  { group, version, kind }: { group: string; version: string; kind: string },
  schema: object,
): Promise<void> {
  // Of the core group, kubeconform takes the version for the group.
  const path = join(folder, group || version, version);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, `${kind.toLowerCase()}.json`), JSON.stringify(schema));
}

function withoutMore(schema: Schema): Schema {
  if (schema.format === 'int-or-string') return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  const { properties, items, additionalProperties, ...rest } = schema;
  const isOpen = additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'];
  return {
    ...rest,
    ...(properties && { properties: mapped(properties), ...(!isOpen && { additionalProperties: false }) }),
    ...(items && { items: withoutMore(items) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: withoutMore(additionalProperties) }),
  };
}

function mapped(schemas: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutMore(schema)]));
}

/** The definitions that one needs, itself among them. */
function reachable(name: string, definitions: Record<string, Schema>): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const visit = (each: string): void => {
    const schema = definitions[each];
    if (!schema || found[each]) return;
    found[each] = schema;
    for (const [, other = ''] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(other);
  };
  visit(name);
  return found;
}
