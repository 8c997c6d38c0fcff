/** RFC 7386. */
import { clone, isObject, type JsonObject, type JsonValue, setMember } from '../base/json.ts';

export function applyMergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else setMember(merged, key, mergeValue(merged[key], value));
  }
  return merged;
}

function mergeValue(current: JsonValue | undefined, value: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(value)) return clone(value);
  return applyMergePatch(isObject(current) ? current : {}, value);
}
