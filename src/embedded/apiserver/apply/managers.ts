/** `metadata.managedFields`: who owns which fields of an object. */
import { asArray, asString, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { decodeSet, encodeSet, isEmpty, type PathSet } from './path-set.ts';

export interface Writer {
  /** The name the writer gives itself. */
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string | undefined;
}

export interface Ownership extends Writer {
  time: string;
  set: PathSet;
}

/** By {@link writerKey}. */
export type Managers = ReadonlyMap<string, Ownership>;

export function writerKey(writer: Writer): string {
  const version = writer.operation === 'Apply' ? '' : writer.apiVersion;
  return JSON.stringify([writer.manager, writer.operation, version, writer.subresource ?? '']);
}

export function decodeManagers(managedFields: JsonValue | undefined): Map<string, Ownership> {
  const managers = new Map<string, Ownership>();
  for (const entry of asArray(managedFields)) {
    if (!isObject(entry)) continue;
    const writer: Writer = {
      manager: asString(entry.manager),
      operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
      apiVersion: asString(entry.apiVersion),
      ...(entry.subresource ? { subresource: asString(entry.subresource) } : {}),
    };
    const set = decodeSet(isObject(entry.fieldsV1) ? entry.fieldsV1 : {});
    managers.set(writerKey(writer), { ...writer, time: asString(entry.time), set });
  }
  return managers;
}

/**
 * The owners that an update begins with. Clients may bring their own list, or an empty one to forget all owners; one
 * that does not say anything useful counts for nothing.
 */
export function managersForUpdate(brought: JsonValue | undefined, stored: JsonValue | undefined): Managers {
  const entries = asArray(brought);
  const [only] = entries;
  const isReset = entries.length === 1 && isObject(only) && Object.keys(only).length === 0;
  if (isReset || (Array.isArray(brought) && entries.length === 0)) return new Map();
  const managers = entries.every(isReadable) ? decodeManagers(brought) : new Map<string, Ownership>();
  return managers.size > 0 ? managers : decodeManagers(stored);
}

function isReadable(entry: JsonValue): boolean {
  if (!isObject(entry) || entry.fieldsType !== 'FieldsV1') return false;
  return entry.operation === 'Apply' || entry.operation === 'Update';
}

/** `undefined` when nobody owns anything. */
export function encodeManagers(managers: Managers): JsonObject[] | undefined {
  const entries = [...managers.values()].filter(({ set }) => !isEmpty(set)).sort(byAge);
  if (entries.length === 0) return undefined;
  return entries.map(({ manager, operation, apiVersion, subresource, time, set }) => ({
    manager,
    operation,
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: 'FieldsV1',
    fieldsV1: encodeSet(set),
    ...(subresource ? { subresource } : {}),
  }));
}

function byAge(left: Ownership, right: Ownership): number {
  return sortKey(left) < sortKey(right) ? -1 : 1;
}

function sortKey({ operation, time, manager, subresource }: Ownership): string {
  return [operation, time, manager, subresource ?? ''].join('\u0000');
}

/** `managedFields` with the times left out: two that are alike but for these say the same. */
export function withoutTimes(managedFields: JsonValue | undefined): JsonValue {
  return asArray(managedFields).map((entry) => (isObject(entry) ? { ...entry, time: null } : entry));
}
