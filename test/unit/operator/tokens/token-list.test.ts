import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnweddolAccessToken } from '../../../../src/api/resources.ts';
import { compileTokenList } from '../../../../src/operator/tokens/token-list.ts';
import { parseTokenList } from '../../../../src/server/access/token-list.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

interface Given {
  name: string;
  enabled?: boolean;
  expiresAt?: string;
  madeAt?: string;
  sha256?: string;
  deletionTimestamp?: string;
}

function token({ name, enabled = true, expiresAt, madeAt, sha256 = hashOf(name), deletionTimestamp }: Given) {
  const creationTimestamp = madeAt ?? '2026-01-01T00:00:00Z';
  const metadata = { namespace: 'default', name, creationTimestamp, ...(deletionTimestamp && { deletionTimestamp }) };
  return {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolAccessToken',
    metadata,
    spec: { serverName: 'lab', enabled, ...(expiresAt && { expiresAt }) },
    status: { sha256 },
  } as AnweddolAccessToken;
}

const read = (content: string) => parseTokenList(Buffer.from(content));

test('a server without tokens has an empty list', () => {
  assert.deepEqual(compileTokenList([]), { content: '{"tokens":[]}', listed: 0, leftOut: [] });
});

test('the list says of each token what servers act on', () => {
  const { content } = compileTokenList([
    token({ name: 'a' }),
    token({ name: 'b', enabled: false }),
    token({ name: 'c', expiresAt: '2030-01-01T02:00:00+02:00' }),
  ]);
  assert.deepEqual(read(content), [
    { sha256: hashOf('a'), enabled: true, expiresAt: undefined },
    { sha256: hashOf('c'), enabled: true, expiresAt: Date.parse('2030-01-01T00:00:00Z') },
    { sha256: hashOf('b'), enabled: false, expiresAt: undefined },
  ]);
});

test('a token that is being deleted, has no hash, or a spec that nobody understands is not listed', () => {
  const strange = { ...token({ name: 'strange' }), spec: { serverName: 'lab', expiresAt: 'tomorrow' } };
  const { content, leftOut } = compileTokenList([
    token({ name: 'gone', deletionTimestamp: '2026-01-01T00:00:00Z' }),
    { ...token({ name: 'new' }), status: {} },
    token({ name: 'forged', sha256: 'AB'.repeat(32) }),
    strange as AnweddolAccessToken,
  ]);
  assert.equal(content, '{"tokens":[]}');
  assert.deepEqual(leftOut, []);
});

test('of two tokens with the same hash the one that was made first counts, even if it is disabled', () => {
  const sha256 = hashOf('same');
  const first = token({ name: 'z', sha256, enabled: false, madeAt: '2026-01-01T00:00:00Z' });
  const second = token({ name: 'a', sha256, madeAt: '2026-01-02T00:00:00Z' });
  for (const given of [
    [first, second],
    [second, first],
  ]) {
    assert.deepEqual(read(compileTokenList(given).content), [{ sha256, enabled: false, expiresAt: undefined }]);
  }
});

test('of more than 10,000 tokens the disabled ones are left out first, then those that were made last', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => token({ name: `t${index}` }));
  const disabled = token({ name: 'disabled', enabled: false, madeAt: '2025-01-01T00:00:00Z' });
  const late = token({ name: 'late', madeAt: '2026-02-01T00:00:00Z' });
  const { content, listed, leftOut } = compileTokenList([late, disabled, ...many]);
  assert.equal(listed, 10_000);
  assert.deepEqual(
    leftOut.map(({ metadata }) => metadata.name),
    ['late', 'disabled'],
  );
  assert.equal(read(content).length, 10_000);
});

test('a list that would not fit into a Secret goes without names, and then without the last tokens', () => {
  const name = (index: number) => `${'n'.repeat(190)}${index}`;
  const named = compileTokenList(Array.from({ length: 8_000 }, (_, index) => token({ name: name(index) })));
  assert.equal(named.listed, 8_000);
  assert.ok(!named.content.includes('nnn'));
  const expiresAt = '2030-01-01T00:00:00Z';
  const full = compileTokenList(Array.from({ length: 10_000 }, (_, index) => token({ name: name(index), expiresAt })));
  assert.ok(full.content.length <= 1_000_000 && full.content.length > 999_000);
  assert.equal(full.listed + full.leftOut.length, 10_000);
  assert.equal(read(full.content).length, full.listed);
});

test('any tokens in any order give one list, which servers can read and which holds what fits', () => {
  const givens = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/),
      enabled: fc.boolean(),
      madeAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
      sha256: fc.constantFrom(...Array.from({ length: 30 }, (_, index) => hashOf(String(index)))),
    }),
    { selector: ({ name }) => name, maxLength: 40 },
  );
  const limits = fc.record({ entries: fc.integer({ min: 0, max: 30 }), bytes: fc.integer({ min: 13, max: 3_000 }) });
  fc.assert(
    fc.property(givens, limits, (given, limit) => {
      const tokens = given.map(token);
      const compiled = compileTokenList(tokens, limit);
      assert.deepEqual(compileTokenList(tokens.toReversed(), limit), compiled);
      assert.equal(read(compiled.content).length, compiled.listed);
      assert.ok(compiled.listed <= limit.entries && compiled.content.length <= limit.bytes);
      assert.equal(compiled.listed + compiled.leftOut.length, new Set(given.map(({ sha256 }) => sha256)).size);
    }),
  );
});
