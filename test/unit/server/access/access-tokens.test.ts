import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { AccessTokens } from '../../../../src/server/access/access-tokens.ts';
import type { TokenEntry } from '../../../../src/server/access/token-list.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const TOKEN = `Az09-_${'x'.repeat(118)}`;

function listed(token: string, entry: Partial<TokenEntry> = {}): TokenEntry {
  const sha256 = createHash('sha256').update(token).digest('hex');
  return { sha256, enabled: true, expiresAt: undefined, ...entry };
}

test('a listed token is valid, one that differs in a character is not', () => {
  const tokens = new AccessTokens([listed('y'.repeat(124)), listed(TOKEN)], new FakeClock());
  assert.equal(tokens.isValid(TOKEN), true);
  assert.equal(tokens.isValid(`${TOKEN.slice(0, -1)}y`), false);
  assert.equal(tokens.isValid(TOKEN.toLowerCase()), false);
});

test('no token is valid when none is listed', () => {
  assert.equal(new AccessTokens([], new FakeClock()).isValid(TOKEN), false);
});

test('a disabled token is not valid', () => {
  assert.equal(new AccessTokens([listed(TOKEN, { enabled: false })], new FakeClock()).isValid(TOKEN), false);
});

test('a token is valid until the moment it expires', async () => {
  const clock = new FakeClock(9_000);
  const tokens = new AccessTokens([listed(TOKEN, { expiresAt: 10_000 })], clock);
  await clock.advance(999);
  assert.equal(tokens.isValid(TOKEN), true);
  await clock.advance(1);
  assert.equal(tokens.isValid(TOKEN), false);
});

test('what has not the form of a token is not valid, though its hash be listed', () => {
  const wrong = ['', 'x'.repeat(123), 'x'.repeat(125), `${'x'.repeat(123)}+`, `${'x'.repeat(124)}\n`, 'é'.repeat(124)];
  const tokens = new AccessTokens(
    wrong.map((token) => listed(token)),
    new FakeClock(),
  );
  for (const token of wrong) assert.equal(tokens.isValid(token), false);
});

test('the hash of a token is not a token', () => {
  const entry = listed(TOKEN);
  const tokens = new AccessTokens([entry], new FakeClock());
  assert.equal(tokens.isValid(entry.sha256), false);
  assert.equal(tokens.isValid(entry.sha256.padEnd(124, '0')), false);
});

test('the tokens are counted, and those that are valid now', () => {
  const entries = [
    listed('a'),
    listed('b', { enabled: false }),
    listed('c', { expiresAt: 5 }),
    listed('d', { expiresAt: 6 }),
  ];
  assert.deepEqual(new AccessTokens(entries, new FakeClock(5)).count(), { listed: 4, usable: 2 });
});
