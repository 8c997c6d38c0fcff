/** A stored object: JSON with the parts that the server itself reads and writes. */
import { asArray, asObject, isObject, type JsonObject, type JsonValue } from './json.ts';

interface Metadata extends JsonObject {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
}

export interface StoredObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export function labelsOf(object: JsonObject): Record<string, string> {
  return asObject(asObject(object.metadata).labels) as Record<string, string>;
}

export function finalizersOf(object: StoredObject): string[] {
  return asArray(object.metadata.finalizers).filter((finalizer) => typeof finalizer === 'string');
}

export function isEnding(object: StoredObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

export function conditionsOf(object: StoredObject): JsonObject[] {
  return asArray(asObject(object.status).conditions).filter((condition) => isObject(condition));
}

export function specOf(object: JsonObject): JsonObject {
  return asObject(object.spec);
}

export function statusOf(object: JsonObject): JsonObject {
  return asObject(object.status);
}

/** `group/version`, or the bare version of the core group. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** RFC 3339 in whole seconds, as metadata carries it. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** A copy of an object without some of its members. */
export function without(object: JsonObject, ...keys: string[]): JsonObject {
  const copy: Record<string, JsonValue | undefined> = { ...object };
  for (const key of keys) delete copy[key];
  return copy;
}
