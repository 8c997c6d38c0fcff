/** Drops what the schema does not know from an object, and tells what that was. */
import { isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';
import { memberSchema, preservesUnknown, type Schema } from './schema.ts';

export interface Pruned {
  object: JsonObject;
  /** Paths of the fields that went, such as `spec.containers[0].imagee`. */
  unknown: string[];
}

/** @param metadata the schema of `metadata` of embedded objects */
export function prune(object: JsonObject, schema: Schema, metadata: Schema): Pruned {
  const unknown: string[] = [];
  return { object: pruneObject(object, schema, '', { unknown, metadata }) as JsonObject, unknown };
}

interface PruneContext {
  unknown: string[];
  metadata: Schema;
}

function pruneValue(value: JsonValue, schema: Schema | undefined, path: string, context: PruneContext): JsonValue {
  if (Array.isArray(value)) {
    return value.map((item, index) => pruneValue(item, schema?.items, `${path}[${index}]`, context));
  }
  return isObject(value) ? pruneObject(value, schema, path, context) : value;
}

function pruneObject(value: JsonObject, schema: Schema | undefined, path: string, context: PruneContext): JsonObject {
  if (schema && schema.type !== 'object' && !preservesUnknown(schema)) return value;
  const result: JsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const below = memberSchema(schema, key) ?? embedded(schema, key, context);
    const name = path === '' ? key : `${path}.${key}`;
    if (below) setMember(result, key, pruneValue(member, below, name, context));
    else if (!schema || preservesUnknown(schema) || schema.additionalProperties === true)
      setMember(result, key, member);
    else context.unknown.push(name);
  }
  return result;
}

function embedded(schema: Schema | undefined, key: string, context: PruneContext): Schema | undefined {
  if (!schema?.['x-kubernetes-embedded-resource']) return undefined;
  if (key === 'metadata') return context.metadata;
  return key === 'apiVersion' || key === 'kind' ? { type: 'string' } : undefined;
}
