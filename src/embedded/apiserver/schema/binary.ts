/**
 * Objects in the binary form of Kubernetes: Protocol Buffers in an envelope that names the kind. Go clients, kubectl
 * among them, send built-in objects only so. Answers are always JSON, which the same clients accept.
 */
import { isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';
import { badRequest, KubeStatusError, unsupportedMediaType } from '../base/status-error.ts';
import { type Fields, numberIn, readFields, signed } from './binary-fields.ts';
import type { Schema } from './schema.ts';
import { MICRO_TIME } from './type-table.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const MAGIC = Buffer.from('k8s\0');

/**
 * @param schemaOf the schema of a kind; throws for one that is not there
 * @throws KubeStatusError 400 for bytes that are no object, 415 for a kind or a field that has no binary form here
 */
export function decodeBinaryObject(bytes: Buffer, schemaOf: (kind: string) => Schema): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw badRequest('the body is not in the binary form of Kubernetes');
  try {
    const envelope = readFields(bytes.subarray(MAGIC.length));
    const type = readFields(bytesIn(envelope, 1));
    const apiVersion = bytesIn(type, 1).toString();
    const kind = bytesIn(type, 2).toString();
    return { apiVersion, kind, ...decodeMessage(readFields(bytesIn(envelope, 2)), schemaOf(kind)) };
  } catch (error) {
    if (error instanceof KubeStatusError) throw error;
    if (error instanceof TypeError) throw unsupportedMediaType(['application/json', 'application/yaml']);
    throw badRequest(
      `the body is not in the binary form of Kubernetes: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

function decodeMessage(fields: Fields, schema: Schema): JsonObject {
  const result: JsonObject = {};
  for (const [name, { path, keepsZero }] of Object.entries(schema.binary ?? {})) {
    const property = schema.properties?.[name];
    const values = valuesAt(fields, path);
    if (!property || values.length === 0) continue;
    const value = decodeField(values, property);
    if (value !== undefined && (keepsZero || !isZero(value))) setMember(result, name, value);
  }
  return result;
}

/** The values of a field, looked up inside embedded messages. */
function valuesAt(fields: Fields, path: readonly number[]): (Buffer | bigint)[] {
  const [first = 0, ...rest] = path;
  const values = fields.get(first) ?? [];
  if (rest.length === 0) return values;
  return values.flatMap((value) => (typeof value === 'bigint' ? [] : valuesAt(readFields(value), rest)));
}

function decodeField(values: (Buffer | bigint)[], schema: Schema): JsonValue | undefined {
  if (schema.type === 'array') return values.map((value) => decodeValue(value, schema.items ?? {}) ?? null);
  if (typeof schema.additionalProperties === 'object') return decodeMap(values, schema.additionalProperties);
  return decodeValue(values.at(-1) ?? 0n, schema);
}

function decodeMap(entries: (Buffer | bigint)[], schema: Schema): JsonObject {
  const map: JsonObject = {};
  for (const entry of entries) {
    if (typeof entry === 'bigint') continue;
    const fields = readFields(entry);
    const values = fields.get(2) ?? [Buffer.alloc(0)];
    setMember(map, bytesIn(fields, 1).toString(), decodeField(values, schema));
  }
  return map;
}

function decodeValue(value: Buffer | bigint, schema: Schema): JsonValue | undefined {
  if (typeof value === 'bigint') return schema.type === 'boolean' ? value !== 0n : Number(signed(value));
  if (schema['x-kubernetes-int-or-string']) return schema.type === 'string' ? quantity(value) : integerOrString(value);
  if (schema['x-kubernetes-preserve-unknown-fields']) return embeddedJson(value);
  switch (schema.format) {
    case 'byte':
      return value.toString('base64');
    case 'date-time':
      return time(value, schema === MICRO_TIME);
    case 'double':
      return value.readDoubleLE();
    default:
      return schema.type === 'string' ? value.toString() : decodeMessage(readFields(value), schema);
  }
}

function quantity(value: Buffer): string {
  return bytesIn(readFields(value), 1).toString();
}

function integerOrString(value: Buffer): JsonValue {
  const fields = readFields(value);
  return numberIn(fields, 1) === 0 ? numberIn(fields, 2) : bytesIn(fields, 3).toString();
}

function time(value: Buffer, micro: boolean): string | undefined {
  if (value.length === 0) return undefined;
  const fields = readFields(value);
  const text = new Date(numberIn(fields, 1) * 1000).toISOString().slice(0, 19);
  const fraction = String(Math.floor(numberIn(fields, 2) / 1000)).padStart(6, '0');
  return micro ? `${text}.${fraction}Z` : `${text}Z`;
}

/** Types that carry JSON of any shape hold it as bytes. */
function embeddedJson(value: Buffer): JsonValue {
  const raw = bytesIn(readFields(value), 1).toString();
  if (!raw.startsWith('{')) throw new TypeError('no binary form');
  return JSON.parse(raw) as JsonValue;
}

function bytesIn(fields: Fields, number: number): Buffer {
  const value = fields.get(number)?.at(-1);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

/** What Go leaves out of JSON: empty texts and lists, zero and false. Empty objects may mean something. */
function isZero(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !isObject(value) && !value;
}
