import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTokenFile } from '../../../../src/server/access/token-file.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';

const [ADA, BOB] = ['a'.repeat(124), 'b'.repeat(124)] as const;

const list = (...tokens: string[]) =>
  JSON.stringify({ tokens: tokens.map((token) => ({ sha256: createHash('sha256').update(token).digest('hex') })) });

async function listFile(t: TestContext, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'token-file-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'tokens.json'), content);
  return join(folder, 'tokens.json');
}

async function open(t: TestContext, content: string) {
  const [clock, log, path] = [new FakeClock(), new RecordedLog(), await listFile(t, content)];
  const tokens = await openTokenFile(path, { clock, log, intervalMs: 500 });
  t.after(() => tokens[Symbol.dispose]());
  const poll = async () => {
    await clock.advance(500);
    await clock.untilPending(1);
  };
  return { tokens, log, path, poll, clock };
}

test('a token is added and another removed while the file is open, and the log tells counts only', async (t) => {
  const { tokens, log, path, poll } = await open(t, list(ADA));
  assert.deepEqual([tokens.isValid(ADA), tokens.isValid(BOB)], [true, false]);
  await writeFile(path, list(BOB));
  await poll();
  assert.deepEqual([tokens.isValid(ADA), tokens.isValid(BOB)], [false, true]);
  assert.deepEqual(log.entries, [
    { level: 'info', message: 'access tokens loaded', fields: { path, listed: 1, usable: 1 } },
    { level: 'info', message: 'access tokens reloaded', fields: { path, listed: 1, usable: 1 } },
  ]);
});

test('a list that went wrong is logged once, the one before stays', async (t) => {
  const { tokens, log, path, poll } = await open(t, list(ADA));
  await writeFile(path, '{"tokens":[{"sha256":"oops"}]}');
  for (let polls = 0; polls < 4; polls += 1) await poll();
  assert.equal(tokens.isValid(ADA), true);
  const [, entry, ...more] = log.entries;
  assert.deepEqual(
    [entry?.level, String(entry?.fields.err), more],
    ['error', 'ValueError: tokens[0].sha256: must be 64 hex digits', []],
  );
});

test('the server does not begin with a list that is wrong or missing', async (t) => {
  const options = { clock: new FakeClock(), log: new RecordedLog() };
  await assert.rejects(openTokenFile(await listFile(t, '{}'), options), { code: 'BadTokenList' });
  await assert.rejects(openTokenFile('/nowhere/tokens.json', options), { code: 'ENOENT' });
  assert.equal(options.clock.pending, 0);
});

test('a list of 10,000 tokens with names, written for people, is taken', async (t) => {
  const tokens = Array.from({ length: 10_000 }, (_, index) => ({
    sha256: index.toString(16).padStart(64, '0'),
    enabled: true,
    expiresAt: '2027-01-01T00:00:00Z',
    name: 'a name of some forty characters or so ..',
  }));
  const content = JSON.stringify({ tokens }, undefined, 2);
  assert.ok(content.length > 2_000_000);
  const { log } = await open(t, content);
  assert.deepEqual(log.entries[0]?.fields.listed, 10_000);
});

test('disposing ends the readings', async (t) => {
  const { tokens, clock } = await open(t, list(ADA));
  tokens[Symbol.dispose]();
  assert.equal(clock.pending, 0);
});
