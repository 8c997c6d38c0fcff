/** Values as Go prints them, which some messages of the API server show. */
import { isObject, type JsonObject, type JsonValue } from './json.ts';

/** `map[a:1 b:[x y]]` */
export function goText(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value ?? '<nil>');
  return `map[${members(value, (key, member) => `${key}:${goText(member)}`).join(' ')}]`;
}

/** `map[string]interface {}{"a":1, "b":[]interface {}{"x", "y"}}` */
export function goSyntax(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return value === null || value === undefined ? 'interface {}(nil)' : JSON.stringify(value);
  return `map[string]interface {}{${members(value, (key, member) => `${JSON.stringify(key)}:${goSyntax(member)}`).join(', ')}}`;
}

function members(value: JsonObject, show: (key: string, member: JsonValue | undefined) => string): string[] {
  return Object.keys(value)
    .sort()
    .map((key) => show(key, value[key]));
}
