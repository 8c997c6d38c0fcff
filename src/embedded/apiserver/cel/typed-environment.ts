/** The language with the types of a schema, in which rules are checked before they are accepted. */
import type { Environment } from '@marcbachmann/cel-js';
import type { Schema } from '../schema/schema.ts';
import { languageEnvironment } from './environment.ts';
import { escapedName } from './values.ts';

const TEXT_TYPES: Readonly<Record<string, string>> = {
  byte: 'bytes',
  date: 'google.protobuf.Timestamp',
  'date-time': 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
};

/** `self` and `oldSelf` are values of the schema. @param isObjectRoot the schema is that of a whole object */
export function typedEnvironment(schema: Schema, isObjectRoot: boolean, oldSelfIsOptional: boolean): Environment {
  const environment = languageEnvironment({ homogeneousLists: true });
  const declare = declarations(environment);
  const self = declare(isObjectRoot ? { ...schema, 'x-kubernetes-embedded-resource': true } : schema);
  return environment
    .registerVariable('self', self)
    .registerVariable('oldSelf', oldSelfIsOptional ? `optional<${self}>` : self);
}

/** Returns the name of a schema's type, and makes it known with all types below. */
function declarations(environment: Environment): (schema: Schema) => string {
  let count = 0;

  function declare(schema: Schema): string {
    if (schema['x-kubernetes-int-or-string']) return 'dyn';
    switch (schema.type) {
      case 'string':
        return TEXT_TYPES[schema.format ?? ''] ?? 'string';
      case 'integer':
        return 'int';
      case 'number':
        return 'double';
      case 'boolean':
        return 'bool';
      case 'array':
        return `list<${schema.items ? declare(schema.items) : 'dyn'}>`;
      case 'object':
        return declareObject(schema);
      default:
        return 'dyn';
    }
  }

  function declareObject(schema: Schema): string {
    const { additionalProperties } = schema;
    if (typeof additionalProperties === 'object') return `map<string, ${declare(additionalProperties)}>`;
    if (additionalProperties === true) return 'map<string, dyn>';
    const members = { ...schema.properties, ...(schema['x-kubernetes-embedded-resource'] ? identity(schema) : {}) };
    const fields = Object.entries(members).map(([key, property]) => [escapedName(key), declare(property)]);
    const name = `Object.Type${++count}`;
    environment.registerType(name, { fields: Object.fromEntries(fields) });
    environment.registerOperator(`${name} == ${name}`, () => true);
    return name;
  }

  return declare;
}

/** What every object has. Of metadata, rules see the names only. */
function identity({ properties }: Schema): Record<string, Schema> {
  const text = { type: 'string' };
  const metadata = properties?.metadata?.properties ? properties.metadata : { type: 'object', properties: {} };
  const names = { name: text, generateName: text, ...metadata.properties };
  return { apiVersion: text, kind: text, metadata: { ...metadata, properties: names } };
}
