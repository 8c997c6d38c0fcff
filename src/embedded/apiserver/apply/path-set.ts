/** A set of field paths, as a tree: `members` end here, `children` go on. The form and the meaning of `fieldsV1`. */
import { isObject, type JsonObject } from '../base/json.ts';
import type { Schema } from '../schema/schema.ts';
import { memberSchema } from '../schema/schema.ts';
import { elementText, memberElement, memberName } from './path-element.ts';

export interface PathSet {
  readonly members: ReadonlySet<string>;
  readonly children: ReadonlyMap<string, PathSet>;
}

/** A set under construction. */
export interface PathSetBuilder extends PathSet {
  readonly members: Set<string>;
  readonly children: Map<string, PathSetBuilder>;
}

export function emptySet(): PathSetBuilder {
  return { members: new Set(), children: new Map() };
}

export function childOf(set: PathSetBuilder, element: string): PathSetBuilder {
  let child = set.children.get(element);
  if (!child) {
    child = emptySet();
    set.children.set(element, child);
  }
  return child;
}

/** @param names of the members on the way, from the root */
export function hasPath(set: PathSet, names: readonly string[]): boolean {
  const [first = '', ...rest] = names;
  if (rest.length === 0) return set.members.has(memberElement(first));
  const child = set.children.get(memberElement(first));
  return child !== undefined && hasPath(child, rest);
}

export function isEmpty(set: PathSet): boolean {
  return set.members.size === 0 && [...set.children.values()].every(isEmpty);
}

export function union(left: PathSet, right: PathSet): PathSet {
  const children = new Map(left.children);
  for (const [element, set] of right.children) {
    const mine = children.get(element);
    children.set(element, mine ? union(mine, set) : set);
  }
  return { members: left.members.union(right.members), children };
}

/** The paths of `left` that are not in `right`; a path is only itself, not what lies below it. */
export function difference(left: PathSet, right: PathSet): PathSet {
  return combine(left, left.members.difference(right.members), (element, set) => {
    const other = right.children.get(element);
    return other ? difference(set, other) : set;
  });
}

export function intersection(left: PathSet, right: PathSet): PathSet {
  return combine(left, left.members.intersection(right.members), (element, set) => {
    const other = right.children.get(element);
    return other ? intersection(set, other) : emptySet();
  });
}

/** Without the named members of the root and everything below them. */
export function withoutRoots(set: PathSet, isExcluded: (name: string) => boolean): PathSet {
  const keep = (element: string) => !isExcluded(memberName(element) ?? '');
  return {
    members: new Set([...set.members].filter(keep)),
    children: new Map([...set.children].filter(([element]) => keep(element))),
  };
}

function combine(
  set: PathSet,
  members: ReadonlySet<string>,
  narrow: (element: string, child: PathSet) => PathSet,
): PathSet {
  const children = new Map<string, PathSet>();
  for (const [element, child] of set.children) {
    const narrowed = narrow(element, child);
    if (!isEmpty(narrowed)) children.set(element, narrowed);
  }
  return { members, children };
}

/**
 * The set with the fields on the way added: who owns `a.b` is taken to own `a`, when `a` is a field that the schema
 * names (the members of a map are not).
 */
export function withNamedParents(set: PathSet, schema: Schema | undefined): PathSet {
  const members = new Set(set.members);
  const children = new Map<string, PathSet>();
  for (const [element, child] of set.children) {
    const name = memberName(element);
    if (name !== undefined && schema?.properties && Object.hasOwn(schema.properties, name)) members.add(element);
    children.set(element, withNamedParents(child, name === undefined ? schema?.items : memberSchema(schema, name)));
  }
  return { members, children };
}

/** `fieldsV1` of a set. */
export function encodeSet(set: PathSet): JsonObject {
  const encoded: JsonObject = {};
  for (const element of [...new Set([...set.members, ...set.children.keys()])].sort()) {
    const child = set.children.get(element);
    const below = child && !isEmpty(child) ? encodeSet(child) : undefined;
    if (!set.members.has(element)) {
      if (below) encoded[element] = below;
    } else {
      encoded[element] = below ? { '.': {}, ...below } : {};
    }
  }
  return encoded;
}

export function decodeSet(fields: JsonObject): PathSet {
  const set = emptySet();
  for (const [element, below] of Object.entries(fields)) {
    if (element === '.') continue;
    const child = isObject(below) ? below : {};
    if (Object.keys(child).length === 0 || Object.hasOwn(child, '.')) set.members.add(element);
    if (Object.keys(child).some((key) => key !== '.')) set.children.set(element, decodeSet(child) as PathSetBuilder);
  }
  return set;
}

/** Every path as people read it, such as `.spec.containers[name="x"].image`. */
export function pathTexts(set: PathSet, prefix = ''): string[] {
  return [
    ...[...set.members].map((element) => prefix + elementText(element)),
    ...[...set.children].flatMap(([element, child]) => pathTexts(child, prefix + elementText(element))),
  ];
}
