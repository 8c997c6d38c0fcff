/**
 * zod schema in, structural OpenAPI schema of a CustomResourceDefinition out. What the API server would refuse, or would
 * silently not enforce, is refused here, with the path of the field.
 */
import * as z from 'zod';

export interface StructuralSchema {
  type?: string;
  format?: string;
  description?: string;
  nullable?: boolean;
  default?: unknown;
  enum?: unknown[];
  pattern?: string;
  properties?: Record<string, StructuralSchema>;
  required?: string[];
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  [extension: `x-kubernetes-${string}`]: unknown;
}

/** @throws TypeError naming the field that can't stand in a CustomResourceDefinition, and why */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  const json = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    reused: 'inline',
    cycles: 'throw',
    unrepresentable: 'any',
  });
  return convert(json, 'spec');
}

type JsonSchema = Record<string, unknown>;

/** Keys that mean the same in both. */
const KEPT = [
  'type',
  'description',
  'nullable',
  'default',
  'enum',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'required',
] as const;
/** Keys that zod writes and a CustomResourceDefinition has no use for. */
const DROPPED = new Set(['$schema', 'propertyNames', 'readOnly']);
/** Formats the API server checks by itself, so that zod's pattern for them is not needed. */
const KNOWN_FORMATS = new Set(['date-time', 'date', 'email', 'uuid', 'ipv4', 'ipv6', 'byte']);
const SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

function convert(json: JsonSchema, path: string): StructuralSchema {
  const result: StructuralSchema = {};
  for (const [key, value] of Object.entries(json)) {
    if (key.startsWith('x-kubernetes-')) result[key as `x-kubernetes-${string}`] = value;
    else if ((KEPT as readonly string[]).includes(key)) Object.assign(result, { [key]: value });
    else if (key === 'properties') result.properties = convertProperties(value as Record<string, JsonSchema>, path);
    else if (key === 'items') result.items = convert(asSchema(value, path), `${path}[]`);
    else if (key === 'additionalProperties') Object.assign(result, isFreeform(json) ? {} : additional(value, path));
    else if (key === 'format') result.format = String(value);
    else if (key === 'pattern') Object.assign(result, pattern(String(value), json, path));
    else if (!DROPPED.has(key)) throw refusal(path, `"${key}" is not structural`);
  }
  if (typeof result.type !== 'string') throw refusal(path, 'the schema has no type (any, unknown, or a union)');
  if (isEmptyObject(result.default)) result.default = defaultsOf(result);
  return result.type === 'integer' ? integer(result) : result;
}

/** Written out, for the API server evaluates an object's rules on its default as it stands. */
function defaultsOf({ properties = {} }: StructuralSchema): Record<string, unknown> {
  const entries = Object.entries(properties).filter(([, { default: value }]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, { default: value }]) => [name, value]));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !Array.isArray(value);
}

function convertProperties(properties: Record<string, JsonSchema>, path: string): Record<string, StructuralSchema> {
  const entries = Object.entries(properties).map(([name, json]) => [name, convert(json, `${path}.${name}`)] as const);
  return Object.fromEntries(entries);
}

/** Somebody else's type, which the API server keeps as it is. */
function isFreeform(json: JsonSchema): boolean {
  return json['x-kubernetes-preserve-unknown-fields'] === true;
}

function additional(value: unknown, path: string): StructuralSchema {
  if (value === false) throw refusal(path, 'a strict object; the API server prunes unknown fields by itself');
  return { additionalProperties: convert(asSchema(value, path), `${path}.*`) };
}

function pattern(source: string, json: JsonSchema, path: string): StructuralSchema {
  if (typeof json.format === 'string' && KNOWN_FORMATS.has(json.format)) return {};
  if (/\(\?[=!<]/.test(source)) throw refusal(path, `the pattern ${source} looks around, which Go's RE2 can't`);
  return { pattern: source };
}

/** zod bounds every integer to what JavaScript can hold; that is no rule of the resource. */
function integer(schema: StructuralSchema): StructuralSchema {
  const { minimum, maximum, ...rest } = schema;
  return {
    ...rest,
    format: 'int64',
    ...(minimum !== undefined && minimum !== -SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== SAFE_INTEGER && { maximum }),
  };
}

function asSchema(value: unknown, path: string): JsonSchema {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonSchema;
  throw refusal(path, 'not a schema of one type');
}

function refusal(path: string, why: string): TypeError {
  return new TypeError(`${path} can't stand in a CustomResourceDefinition: ${why}`);
}
