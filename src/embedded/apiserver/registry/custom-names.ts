/** Names of custom resources are taken first come, first served, within their group. */
import { asArray, asObject, asString, type JsonObject } from '../base/json.ts';
import { conditionsOf, type StoredObject, specOf, statusOf } from '../base/kube-object.ts';

interface NameConflict {
  reason: string;
  message: string;
}

interface AcceptedNames {
  names: JsonObject;
  /** Of the names that others have already, the last one found. */
  conflict: NameConflict | undefined;
}

/** @param others the other definitions of the group */
export function acceptedNames(definition: StoredObject, others: readonly StoredObject[]): AcceptedNames {
  const requested = asObject(specOf(definition).names);
  const taken = others.map((other) => asObject(statusOf(other).acceptedNames));
  const words = new Set(taken.flatMap((names) => [names.plural, names.singular, ...asArray(names.shortNames)]));
  const kinds = new Set(taken.flatMap((names) => [names.kind, names.listKind]));
  const names: JsonObject = { plural: '', kind: '' };
  let conflict: NameConflict | undefined;
  const claim = (key: string, used: ReadonlySet<unknown>) => {
    const value = requested[key];
    const conflicting = [value].flat().filter((each) => asString(each) !== '' && used.has(each));
    if (conflicting.length === 0) {
      if (value !== undefined) names[key] = value;
      return;
    }
    const message = conflicting.map((each) => `${JSON.stringify(each)} is already in use`).join(', ');
    conflict = { reason: `${key[0]?.toUpperCase()}${key.slice(1)}Conflict`, message };
  };
  for (const key of ['plural', 'singular', 'shortNames']) claim(key, words);
  for (const key of ['kind', 'listKind']) claim(key, kinds);
  if (requested.categories !== undefined) names.categories = requested.categories;
  return { names, conflict };
}

export function isEstablished(definition: StoredObject): boolean {
  return conditionsOf(definition).some(({ type, status }) => type === 'Established' && status === 'True');
}
