import { randomInt } from 'node:crypto';
import type { StoredObject } from '../base/kube-object.ts';

/** No vowels and nothing that looks like another character, so that no words come out. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const LONGEST_PREFIX = 58;

/** Gives the draft a name when it only says how its name should begin. */
export function generateName(draft: StoredObject): void {
  const { name, generateName: prefix } = draft.metadata;
  if (name || !prefix) return;
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  draft.metadata.name = prefix.slice(0, LONGEST_PREFIX) + suffix;
}
