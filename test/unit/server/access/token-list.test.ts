import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTokenList } from '../../../../src/server/access/token-list.ts';
import { ValueError } from '../../../../src/wire/errors.ts';

const HASH = 'ab'.repeat(32);
const parse = (list: unknown) => parseTokenList(Buffer.from(JSON.stringify(list)));

/** What is said of a list that is refused. */
function refusal(content: Buffer): string {
  try {
    parseTokenList(content);
  } catch (error) {
    if (error instanceof ValueError && error.code === 'BadTokenList' && !error.cause) return error.message;
    throw error;
  }
  return 'accepted';
}
const refusalOf = (list: unknown) => refusal(Buffer.from(JSON.stringify(list)));

test('an entry is enabled and never expires unless it says otherwise', () => {
  assert.deepEqual(parse({ tokens: [{ sha256: HASH.toUpperCase(), name: 'Ada' }] }), [
    { sha256: HASH, enabled: true, expiresAt: undefined },
  ]);
  assert.deepEqual(parse({ tokens: [{ sha256: HASH, enabled: false, expiresAt: '1970-01-01T01:00:01+01:00' }] }), [
    { sha256: HASH, enabled: false, expiresAt: 1_000 },
  ]);
  assert.deepEqual(parse({ tokens: [] }), []);
});

test('a wrong field is named with its entry', () => {
  const good = { sha256: HASH };
  const refusals: [unknown, string][] = [
    [{ sha256: 'ab' }, 'tokens[1].sha256: must be 64 hex digits'],
    [{ sha256: `${HASH}0` }, 'tokens[1].sha256: must be 64 hex digits'],
    [{}, 'tokens[1].sha256: must be a string'],
    [{ sha256: 'cd'.repeat(32), enabled: 'no' }, 'tokens[1].enabled: must be true or false'],
    [{ sha256: 'cd'.repeat(32), enabled: null }, 'tokens[1].enabled: must be true or false'],
    [
      { sha256: 'cd'.repeat(32), expiresAt: '2027-02-30T00:00:00Z' },
      'tokens[1].expiresAt: must be a time such as 2027-01-01T00:00:00Z',
    ],
    [{ sha256: 'cd'.repeat(32), expiresAt: 1_000 }, 'tokens[1].expiresAt: must be a time such as 2027-01-01T00:00:00Z'],
    [{ sha256: 'cd'.repeat(32), name: 7 }, 'tokens[1].name: must be a string'],
    [{ sha256: 'cd'.repeat(32), name: 'n'.repeat(201) }, 'tokens[1].name: must have at most 200 characters'],
    [
      { sha256: 'cd'.repeat(32), expires: 'x' },
      'tokens[1]: takes no other field than sha256, enabled, expiresAt and name',
    ],
    [HASH, 'tokens[1]: must be an object with sha256, enabled, expiresAt and name'],
  ];
  for (const [entry, message] of refusals) assert.equal(refusalOf({ tokens: [good, entry] }), message);
});

test('what is no list is refused', () => {
  assert.equal(refusalOf([]), 'the token list: must be an object with tokens');
  assert.equal(refusalOf({}), 'tokens: must be a list');
  assert.equal(refusalOf({ tokens: {} }), 'tokens: must be a list');
  assert.equal(refusalOf({ tokens: [], token: [] }), 'the token list: takes no other field than tokens');
  assert.equal(refusal(Buffer.alloc(0)), 'the token list is not JSON in UTF-8');
  assert.equal(refusal(Buffer.from('{"tokens":[],"name":"\xff"}', 'latin1')), 'the token list is not JSON in UTF-8');
});

test('a token that is listed twice is refused, since the entries may differ', () => {
  const tokens = [{ sha256: HASH }, { sha256: 'cd'.repeat(32) }, { sha256: HASH.toUpperCase(), enabled: false }];
  assert.equal(refusalOf({ tokens }), 'tokens[2].sha256: is that of tokens[0] too');
});

test('as many as 10,000 entries are taken', () => {
  const tokens = Array.from({ length: 10_001 }, (_, index) => ({ sha256: index.toString(16).padStart(64, '0') }));
  assert.equal(parse({ tokens: tokens.slice(1) }).length, 10_000);
  assert.equal(refusalOf({ tokens }), 'tokens: must have at most 10000 entries');
});

test('a refusal shows nothing of the content, and only the first of many faults', () => {
  const secret = 's3cret'.repeat(20);
  const wrong = [secret, { sha256: secret }, { [secret]: true }, { sha256: HASH, expiresAt: secret }];
  const contents = [`{"tokens": ["${secret}`, secret, JSON.stringify({ [secret]: 1 })];
  for (const text of [...contents, ...wrong.map((entry) => JSON.stringify({ tokens: [entry] }))]) {
    assert.doesNotMatch(refusal(Buffer.from(text)), /accepted|s3cret/);
  }
  assert.match(refusalOf({ tokens: Array(9_000).fill(secret) }), /^(tokens\[[0-4]\]: [^;]+; ){5}and 8995 more$/);
});
