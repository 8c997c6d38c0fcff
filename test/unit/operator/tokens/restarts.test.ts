/** What is left when the operator dies at any of its writes, and starts again knowing nothing. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { mortalClient } from './mortal-client.ts';
import {
  applyServer,
  applyToken,
  type Ground,
  type Life,
  listOf,
  namespace,
  startGround,
  textOf,
  tokenIs,
  until,
} from './token-ground.ts';

let on: Ground;
before(async () => {
  on = await startGround();
});
after(() => on[Symbol.asyncDispose]());

/** Waits until the token is usable and its server's list has it. Returns its hash. */
async function converged(life: Life, name: string): Promise<string> {
  const { status } = await tokenIs(life, name, 'TokenUsable');
  const hash = status?.sha256 ?? '';
  await until(async () => (await listOf(on.kube, name))?.some(({ sha256 }) => sha256 === hash));
  return hash;
}

for (const how of ['before', 'after'] as const) {
  test(`an operator that dies ${how} any write makes one token, which status, Secret and list agree on`, async () => {
    for (let at = 1; ; at += 1) {
      const name = `${how}-${at}`;
      const { kube, writes, died } = mortalClient(on.kube, at, how);
      const mortal = on.live({ kube });
      await applyServer(on.kube, name, true);
      await applyToken(on.kube, name, { serverName: name });
      const hasDied = await Promise.race([died.then(() => true), converged(mortal, name).then(() => false)]);
      const [made, stored] = [await textOf(on.kube, name), await listOf(on.kube, name)];
      await mortal.end();

      const next = mortalClient(on.kube);
      const life = on.live({ kube: next.kube });
      const hash = await converged(life, name);
      await life.end();
      const text = (await textOf(on.kube, name)) ?? '';
      assert.equal(hash, createHash('sha256').update(text).digest('hex'), name);
      // What was there before it died is there after.
      if (made) assert.equal(text, made, name);
      if (stored) assert.ok((await listOf(on.kube, name))?.length, name);
      if (!hasDied) {
        assert.ok(at > 3, `${at} writes: ${writes.join(', ')}`);
        assert.deepEqual(next.writes, []);
        return;
      }
    }
  });
}

test('an operator that starts again writes nothing for what is done, and only what is new', async () => {
  await applyServer(on.kube, 'quiet', true);
  await applyServer(on.kube, 'open', false);
  for (const name of ['a', 'b']) await applyToken(on.kube, name, { serverName: 'quiet' });
  const first = on.live();
  const hashes = await Promise.all(
    ['a', 'b'].map(async (name) => (await tokenIs(first, name, 'TokenUsable')).status?.sha256),
  );
  await until(async () => {
    const listed = (await listOf(on.kube, 'quiet'))?.map(({ sha256 }) => sha256) ?? [];
    return hashes.every((hash) => hash && listed.includes(hash));
  });
  await first.end();

  const { kube, writes } = mortalClient(on.kube);
  const second = on.live({ kube });
  await applyToken(on.kube, 'c', { serverName: 'quiet' });
  const { status } = await tokenIs(second, 'c', 'TokenUsable');
  await until(async () => (await listOf(on.kube, 'quiet'))?.some(({ sha256 }) => sha256 === status?.sha256));
  await second.end();
  assert.deepEqual(writes, [
    'create Secret c-token',
    'apply AnweddolAccessToken c',
    'apply Secret quiet-access-tokens',
  ]);
  assert.equal(second.caches.tokens.get(`${namespace}/a`)?.status?.sha256, hashes[0]);
});
