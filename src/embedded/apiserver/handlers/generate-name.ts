import type { StoredObject } from '../base/kube-object.ts';
import { nameSuffix } from './name-suffix.ts';

const LONGEST_PREFIX = 58;

/** Gives the draft a name when it only says how its name should begin. */
export function generateName(draft: StoredObject): void {
  const { name, generateName: prefix } = draft.metadata;
  if (name || !prefix) return;
  draft.metadata.name = prefix.slice(0, LONGEST_PREFIX) + nameSuffix();
}
