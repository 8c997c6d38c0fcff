import * as z from 'zod';
import { ValueError } from '../../wire/errors.ts';

const MAX_ENTRIES = 10_000;
/** A file that is wrong throughout is not told entry by entry. */
const MAX_TOLD = 5;

/** An unknown key is not shown: somebody may have put a token there. */
const onlyFields = (names: string) => ({
  error: (issue: { code?: string | undefined }) =>
    issue.code === 'unrecognized_keys' ? `takes no other field than ${names}` : `must be an object with ${names}`,
});

const Entry = z.strictObject(
  {
    sha256: z.string('must be a string').regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits'),
    enabled: z.boolean('must be true or false').default(true),
    expiresAt: z.iso.datetime({ offset: true, error: 'must be a time such as 2027-01-01T00:00:00Z' }).optional(),
    name: z.string('must be a string').max(200, 'must have at most 200 characters').optional(),
  },
  onlyFields('sha256, enabled, expiresAt and name'),
);

const TokenList = z.strictObject(
  { tokens: z.array(Entry, 'must be a list').max(MAX_ENTRIES, `must have at most ${MAX_ENTRIES} entries`) },
  onlyFields('tokens'),
);

/** An access token as the list has it. */
export interface TokenEntry {
  /** SHA-256 of the token's text, 64 lower-case hex digits. */
  readonly sha256: string;
  readonly enabled: boolean;
  /** Milliseconds since the epoch: from then on the token is not valid. `undefined` is never. */
  readonly expiresAt: number | undefined;
}

/**
 * Reads `{"tokens": [{"sha256": …, "enabled"?: boolean, "expiresAt"?: RFC 3339 time, "name"?: string}]}`.
 * @throws `ValueError` `BadTokenList` that names the entry and the field, and shows nothing of the content
 */
export function parseTokenList(content: Buffer): TokenEntry[] {
  const result = TokenList.safeParse(parseJson(content));
  if (!result.success) throw new ValueError('BadTokenList', told(result.error.issues));
  const places = new Map<string, number>();
  return result.data.tokens.map(({ sha256, enabled, expiresAt }, index) => {
    const key = sha256.toLowerCase();
    const place = places.get(key);
    if (place !== undefined) {
      throw new ValueError('BadTokenList', `tokens[${index}].sha256: is that of tokens[${place}] too`);
    }
    places.set(key, index);
    return { sha256: key, enabled, expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt) };
  });
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // No cause: the message of the parser quotes the content.
    throw new ValueError('BadTokenList', 'the token list is not JSON in UTF-8');
  }
}

function told(issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.slice(0, MAX_TOLD).map(({ path, message }) => `${place(path) || 'the token list'}: ${message}`);
  const more = issues.length - lines.length;
  return lines.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** `['tokens', 3, 'sha256']` → `tokens[3].sha256`. */
function place(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);
}
