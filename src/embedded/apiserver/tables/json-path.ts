/**
 * The JSONPath of printer columns: members (`.spec.replicas`, `['a.b']`), items (`[0]`, `[-1]`, `[*]`) and filters that
 * compare one member with a constant (`[?(@.type=="Ready")]`).
 */
import { at, isObject, type JsonObject, type JsonValue } from '../base/json.ts';

type Step = (values: JsonValue[]) => JsonValue[];

/** Finds all values at the path. A path that is not understood finds nothing. */
export function parseJsonPath(path: string): (object: JsonObject) => JsonValue[] {
  const steps: Step[] = [];
  let rest = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  while (rest !== '') {
    const read = nextStep(rest);
    if (!read) return () => [];
    steps.push(read.step);
    rest = rest.slice(read.length);
  }
  return (object) => steps.reduce<JsonValue[]>((values, step) => step(values), [object]);
}

export function isJsonPath(path: string): boolean {
  let rest = path;
  if (!rest.startsWith('.') && !rest.startsWith('[')) return false;
  while (rest !== '') {
    const read = nextStep(rest);
    if (!read) return false;
    rest = rest.slice(read.length);
  }
  return true;
}

function nextStep(rest: string): { step: Step; length: number } | undefined {
  const member = /^\.((?:[^.[\]\\]|\\.)+)/.exec(rest) ?? /^\[['"]([^'"]+)['"]\]/.exec(rest);
  if (member?.[1] !== undefined) {
    const name = member[1].replaceAll(/\\(.)/g, '$1');
    return { step: name === '*' ? everyValue : memberStep(name), length: member[0].length };
  }
  const item = /^\[(-?\d+|\*)\]/.exec(rest);
  if (item?.[1] !== undefined) {
    return { step: item[1] === '*' ? everyValue : itemStep(Number(item[1])), length: item[0].length };
  }
  const filter = /^\[\?\(\s*@((?:\.[\w-]+)+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*\)\]/.exec(rest);
  if (!filter?.[1]) return undefined;
  const wanted = filter[3] ?? filter[4] ?? filter[5] ?? '';
  return { step: filterStep(filter[1].slice(1).split('.'), filter[2] === '==', wanted), length: filter[0].length };
}

function memberStep(name: string): Step {
  return (values) =>
    values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name] ?? null] : []));
}

function itemStep(index: number): Step {
  return (values) => values.flatMap((value) => (Array.isArray(value) ? [value.at(index) ?? null] : []));
}

function everyValue(values: JsonValue[]): JsonValue[] {
  return values.flatMap((value) => {
    if (Array.isArray(value)) return value;
    return isObject(value) ? Object.values(value).map((member) => member ?? null) : [];
  });
}

function filterStep(path: string[], equals: boolean, wanted: string): Step {
  const holds = (item: JsonValue) => (String(at(item, path) ?? '') === wanted) === equals;
  return (values) => values.flatMap((value) => (Array.isArray(value) ? value.filter(holds) : []));
}
