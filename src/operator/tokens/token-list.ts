/** What a server accepts, as one file; pure. */
import { AnweddolAccessTokenSpec } from '../../api/anweddol-access-token.ts';
import type { AnweddolAccessToken } from '../../api/resources.ts';
import { isTokenSha256 } from './token-text.ts';

/** What servers read, and what a Secret can hold: 1 MiB, with room for its metadata. */
const LIMITS = { entries: 10_000, bytes: 1_000_000 };
const MAX_NAME = 200;
const ENVELOPE_BYTES = Buffer.byteLength(JSON.stringify({ tokens: [] }));

interface Entry {
  sha256: string;
  /** Absent: true. */
  enabled?: false;
  expiresAt?: string;
  name?: string;
}

interface CompiledTokenList {
  /** The file: JSON. */
  content: string;
  listed: number;
  /** Those that there is no room for. */
  leftOut: AnweddolAccessToken[];
}

/**
 * The list of a server. The same tokens give the same file. The names are for people, and the first to go where room is
 * short; then disabled tokens, which are refused listed or not; then those that were made last.
 */
export function compileTokenList(tokens: readonly AnweddolAccessToken[], limits = LIMITS): CompiledTokenList {
  const all = tokens.flatMap((token) => {
    const entry = entryOf(token);
    return entry ? [{ token, entry }] : [];
  });
  const ordered = all.toSorted((a, b) => rank(a.entry) - rank(b.entry) || compare(age(a.token), age(b.token)));
  const distinct = firstOfEachHash(ordered);
  const full = fileOf(distinct.map(({ entry }) => entry));
  if (distinct.length <= limits.entries && full.length <= limits.bytes) {
    return { content: full, listed: distinct.length, leftOut: [] };
  }
  const nameless = distinct.map(({ entry: { name: _, ...entry } }) => entry);
  const listed = Math.min(howManyFit(nameless, limits.bytes), limits.entries);
  return {
    content: fileOf(nameless.slice(0, listed)),
    listed,
    leftOut: distinct.slice(listed).map(({ token }) => token),
  };
}

/** Undefined where nobody is to get in: it is being deleted, has no token yet, or can't be understood. */
function entryOf({ metadata, spec, status }: AnweddolAccessToken): Entry | undefined {
  const { success, data } = AnweddolAccessTokenSpec.safeParse(spec);
  const sha256 = status?.sha256;
  if (!success || metadata.deletionTimestamp || !isTokenSha256(sha256)) return undefined;
  return {
    sha256,
    ...(!data.enabled && { enabled: false }),
    ...(data.expiresAt !== undefined && { expiresAt: new Date(data.expiresAt).toISOString() }),
    name: metadata.name.slice(0, MAX_NAME),
  };
}

/** A hash twice makes the whole list void. The one that was made first counts. */
function firstOfEachHash<T extends { token: AnweddolAccessToken; entry: Entry }>(ordered: readonly T[]): T[] {
  const owners = new Map<string, T>();
  for (const each of ordered) {
    const other = owners.get(each.entry.sha256);
    if (!other || compare(age(each.token), age(other.token)) < 0) owners.set(each.entry.sha256, each);
  }
  return ordered.filter((each) => owners.get(each.entry.sha256) === each);
}

function howManyFit(entries: readonly Entry[], bytes: number): number {
  let size = ENVELOPE_BYTES;
  const last = entries.findIndex((entry) => {
    size += JSON.stringify(entry).length + 1;
    return size > bytes;
  });
  return last < 0 ? entries.length : last;
}

/** All of it is ASCII: a character is a byte. */
function fileOf(tokens: readonly Entry[]): string {
  return JSON.stringify({ tokens });
}

const rank = ({ enabled }: Entry): number => (enabled === false ? 1 : 0);

const age = ({ metadata }: AnweddolAccessToken): string => `${metadata.creationTimestamp ?? ''} ${metadata.name}`;

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
