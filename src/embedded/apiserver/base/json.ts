/** JSON values, and the few operations on them that everything here needs. */

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy of JSON. Several times faster than `structuredClone`, and drops `undefined` members. */
export function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => clone(item)) as T;
  if (!isObject(value)) return value;
  const copy: JsonObject = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) setMember(copy, key, clone(member));
  }
  return copy as T;
}

/** Assignment that also works for a member called `__proto__`. */
export function setMember(target: JsonObject, key: string, value: JsonValue | undefined): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** Equality of JSON: the order of members does not matter, a member that is `undefined` is absent. */
export function equal(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => equal(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  for (const key in left) if (!equal(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}

/** The value at a path of member names, `undefined` where the path leaves the object. */
export function at(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

/** Sets the value at a path, making the objects on the way; `undefined` removes. */
export function put(target: JsonObject, path: readonly string[], value: JsonValue | undefined): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let current = target;
  for (const key of path.slice(0, -1)) {
    const next = current[key];
    if (isObject(next)) {
      current = next;
    } else {
      if (value === undefined) return;
      const made: JsonObject = {};
      setMember(current, key, made);
      current = made;
    }
  }
  if (value === undefined) delete current[last];
  else setMember(current, last, value);
}

export function asObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function asArray(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The objects of a list, without what is none. */
export function asObjects(value: JsonValue | undefined): JsonObject[] {
  return asArray(value).filter((item) => isObject(item));
}

export function asString(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
