/** The schema of a value: what CustomResourceDefinitions carry, and what the built-in types are given in the same form. */
import type { JsonObject, JsonValue } from '../base/json.ts';

export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** Where a field stands in the binary form of its type: one field number, more where Go embeds a type in another. */
export interface BinaryField {
  path: readonly number[];
  /** Its zero value means something: in Go it is a pointer. */
  keepsZero: boolean;
}

export interface Schema {
  /** Of the fields of a built-in type. */
  binary?: Record<string, BinaryField>;
  /** Name of a built-in type; it becomes a `$ref` in the OpenAPI documents. */
  name?: string;
  type?: string;
  format?: string;
  description?: string;
  nullable?: boolean;
  default?: JsonValue;
  enum?: JsonValue[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  title?: string;
  example?: JsonValue;
  externalDocs?: JsonObject;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'granular' | 'atomic';
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-validations'?: ValidationRule[];
}

/** A value nobody has described: everything is kept. */
export const ANYTHING: Schema = Object.freeze({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true });

/** The schema of one member of an object, `undefined` where there is none. */
export function memberSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const properties = schema?.properties;
  if (properties && Object.hasOwn(properties, key)) return properties[key];
  const additional = schema?.additionalProperties;
  return typeof additional === 'object' ? additional : undefined;
}

export function preservesUnknown(schema: Schema | undefined): boolean {
  return schema?.['x-kubernetes-preserve-unknown-fields'] === true;
}

/** How two writers share a value: member by member, item by item, or only as a whole. */
export type Sharing =
  | { kind: 'leaf' }
  | { kind: 'object' }
  | { kind: 'set' }
  | { kind: 'keyed'; keys: readonly string[] };

export function sharingOf(schema: Schema | undefined, value: JsonValue | undefined): Sharing {
  if (Array.isArray(value)) {
    const type = schema?.['x-kubernetes-list-type'];
    const keys = schema?.['x-kubernetes-list-map-keys'];
    if (type === 'map' && keys) return { kind: 'keyed', keys };
    return type === 'set' ? { kind: 'set' } : { kind: 'leaf' };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'leaf' };
  return schema?.['x-kubernetes-map-type'] === 'atomic' ? { kind: 'leaf' } : { kind: 'object' };
}
