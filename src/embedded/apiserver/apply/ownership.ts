/**
 * Who owns which field after a write. The rules of server-side apply: an applier owns what its configuration sets,
 * loses what it no longer sets, and may not change what others own unless it forces; any other write takes what it
 * changes.
 */
import type { JsonObject } from '../base/json.ts';
import type { Schema } from '../schema/schema.ts';
import { compare } from './compare.ts';
import { conflictError, type FieldConflict } from './conflicts.ts';
import { fieldSet } from './field-set.ts';
import type { Managers, Ownership, Writer } from './managers.ts';
import { writerKey } from './managers.ts';
import { merge, removeItems } from './merge.ts';
import {
  decodeSet,
  difference,
  emptySet,
  intersection,
  isEmpty,
  type PathSet,
  union,
  withNamedParents,
  withoutRoots,
} from './path-set.ts';

export interface WriteContext {
  schema: Schema;
  writer: Writer;
  time: string;
  /** Root members that this endpoint does not write, such as `status` on the main resource. */
  isIgnored: (rootMember: string) => boolean;
}

/** Nobody owns these: the server itself writes them, or they are the object's identity. */
const UNOWNED = decodeSet({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
});

/** Owners after a write that is not an apply. `before` is `{}` for a creation. */
export function ownersAfterUpdate(
  before: JsonObject,
  after: JsonObject,
  managers: Managers,
  context: WriteContext,
): Managers {
  const changes = changesBetween(before, after, context);
  const { next } = disown(managers, changes, writerKey(context.writer));
  const key = writerKey(context.writer);
  const taken = union(changes.modified, changes.added);
  const mine = next.get(key)?.set ?? emptySet();
  const time = isEmpty(taken) ? managers.get(key)?.time : context.time;
  return withOwner(next, key, union(difference(mine, changes.removed), taken), context, time);
}

/** Owners of an object that nobody is known to own: all that is there belongs to whoever came before. */
export function ownersBefore(live: JsonObject, context: WriteContext): Managers {
  const writer: Writer = { ...context.writer, manager: 'before-first-apply', operation: 'Update' };
  return ownersAfterUpdate({}, live, new Map(), { ...context, writer });
}

export interface Applied {
  object: JsonObject;
  managers: Managers;
}

interface ApplyContext extends WriteContext {
  force: boolean;
  /** Fields that the applier may take from others without force. */
  free?: PathSet;
  /** What an object that the applier emptied without letting go of it becomes: null in custom resources. */
  emptied?: null;
}

/** @throws KubeStatusError 409 with one cause per field that somebody else owns, unless `force` */
export function applyConfiguration(
  live: JsonObject,
  config: JsonObject,
  managers: Managers,
  context: ApplyContext,
): Applied {
  const { schema } = context;
  const key = writerKey(context.writer);
  const last = managers.get(key)?.set;
  const set = withoutRoots(fieldSet(config, schema), context.isIgnored);
  const claimed = new Map(managers).set(key, { ...context.writer, time: context.time, set });
  let object = (merge(live, config, schema) ?? {}) as JsonObject;
  if (last) object = prune(object, last, claimed, context);
  const changes = changesBetween(live, object, context);
  const { next, conflicts } = disown(claimed, changes, key);
  const refused = conflicts
    .map(({ owner, fields }) => ({ owner, fields: difference(fields, context.free ?? emptySet()) }))
    .filter(({ fields }) => !isEmpty(fields));
  if (refused.length > 0 && !context.force) throw conflictError(refused);
  // An apply that changes nothing leaves no time: so the API server has it.
  const time = Object.values(changes).every(isEmpty) ? managers.get(key)?.time : context.time;
  return { object, managers: withOwner(next, key, set, context, time) };
}

/** Takes away what the applier set last time and nobody claims now. */
function prune(merged: JsonObject, last: PathSet, managers: Managers, { schema, emptied }: ApplyContext): JsonObject {
  const claimed = [...managers.values()].reduce<PathSet>((all, { set }) => union(all, set), emptySet());
  const removable = difference(withNamedParents(last, schema), withNamedParents(claimed, schema));
  const candidates = removeItems(merged, removable, schema, undefined) as JsonObject;
  // A parent that the applier brought along goes with its last field, but never with a field of somebody else.
  const before = withNamedParents(fieldSet(merged, schema), schema);
  const after = withNamedParents(fieldSet(candidates, schema), schema);
  const gone = difference(difference(before, after), withNamedParents(claimed, schema));
  const lastOnly = intersection(gone, withNamedParents(last, schema));
  return (removeItems(merged, lastOnly, schema, emptied) ?? {}) as JsonObject;
}

type Changes = Record<'added' | 'removed' | 'modified', PathSet>;

function changesBetween(before: JsonObject, after: JsonObject, context: WriteContext): Changes {
  const { added, removed, modified } = compare(before, after, context.schema);
  const filter = (set: PathSet) => difference(withoutRoots(set, context.isIgnored), UNOWNED);
  return { added: filter(added), removed: filter(removed), modified: filter(modified) };
}

/** Takes changed and removed fields from everybody but the writer; names those that were somebody else's. */
function disown(managers: Managers, changes: Changes, writer: string) {
  const next = new Map<string, Ownership>();
  const conflicts: FieldConflict[] = [];
  const changed = union(changes.modified, changes.added);
  for (const [key, owner] of managers) {
    if (key === writer) {
      next.set(key, owner);
      continue;
    }
    const taken = intersection(owner.set, changed);
    if (!isEmpty(taken)) conflicts.push({ owner, fields: taken });
    const set = difference(difference(owner.set, taken), changes.removed);
    if (!isEmpty(set)) next.set(key, { ...owner, set });
  }
  return { next, conflicts };
}

function withOwner(
  managers: ReadonlyMap<string, Ownership>,
  key: string,
  set: PathSet,
  context: WriteContext,
  time: string | undefined,
): Managers {
  const owned = difference(withoutRoots(set, context.isIgnored), UNOWNED);
  const result = new Map(managers);
  result.delete(key);
  return isEmpty(owned) ? result : result.set(key, { ...context.writer, time: time ?? '', set: owned });
}
