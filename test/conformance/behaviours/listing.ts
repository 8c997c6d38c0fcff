import assert from 'node:assert/strict';
import type { Answer, Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const FUTURE = 999_999_999;

/** Secrets: a namespace begins without any. */
async function makeSecrets({ admin, namespace }: World, ...names: string[]): Promise<string> {
  const path = inNamespace(namespace, 'secrets');
  for (const name of names) {
    const { code } = await admin.post(path, { metadata: { name, labels: { team: name < 'c' ? 'early' : 'late' } } });
    assert.equal(code, 201);
  }
  return path;
}

function names({ body }: Answer): string[] {
  return body.items.map(({ metadata }: Json) => metadata.name);
}

export const listing = chapter('lists', {
  'lists are ordered by name and carry a version': async (world) => {
    const path = await makeSecrets(world, 'b', 'c', 'a');
    const answer = await world.admin.get(path);
    assert.deepEqual([answer.body.kind, answer.body.apiVersion, names(answer)], ['SecretList', 'v1', ['a', 'b', 'c']]);
    assert.match(answer.body.metadata.resourceVersion, /^\d+$/);
    assert.deepEqual([answer.body.items[0].kind, answer.body.metadata.continue], [undefined, undefined]);
  },
  'a list with a limit is given in pages that tell how many objects remain': async (world) => {
    const path = await makeSecrets(world, 'a', 'b', 'c', 'd', 'e');
    const first = await world.admin.get(`${path}?limit=2`);
    assert.deepEqual([names(first), first.body.metadata.remainingItemCount], [['a', 'b'], 3]);
    const second = await world.admin.get(`${path}?limit=2&continue=${first.body.metadata.continue}`);
    assert.deepEqual([names(second), second.body.metadata.remainingItemCount], [['c', 'd'], 1]);
    const last = await world.admin.get(`${path}?limit=2&continue=${second.body.metadata.continue}`);
    assert.deepEqual([names(last), last.body.metadata.continue], [['e'], undefined]);
  },
  'the pages of a list show one moment, whatever is written between them': async (world) => {
    const path = await makeSecrets(world, 'a', 'b', 'c', 'd');
    const first = await world.admin.get(`${path}?limit=1`);
    await world.admin.delete(`${path}/d`);
    await world.admin.mergePatch(`${path}/c`, { metadata: { labels: { team: 'new' } } });
    await makeSecrets(world, 'bb');
    const rest = await world.admin.get(`${path}?continue=${first.body.metadata.continue}`);
    assert.deepEqual(names(rest), ['b', 'c', 'd']);
    assert.equal(rest.body.items[1].metadata.labels.team, 'late');
    assert.equal(rest.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
    assert.deepEqual(names(await world.admin.get(path)), ['a', 'b', 'bb', 'c']);
  },
  'a page of a list with a selector does not tell how many objects remain': async (world) => {
    const path = await makeSecrets(world, 'a', 'b', 'c');
    const { body } = await world.admin.get(`${path}?limit=1&labelSelector=team`);
    assert.ok(body.metadata.continue);
    assert.equal(body.metadata.remainingItemCount, undefined);
  },
  'a token that continues no list is refused': async ({ admin, namespace }) => {
    const answer = await admin.get(`${inNamespace(namespace, 'secrets')}?limit=2&continue=garbage`);
    assertRefused(answer, 400, 'BadRequest', /^invalid continue token: continue key is not valid/);
  },
  'a list is continued without a version': async (world) => {
    const path = await makeSecrets(world, 'a', 'b');
    const { body } = await world.admin.get(`${path}?limit=1`);
    const answer = await world.admin.get(`${path}?continue=${body.metadata.continue}&resourceVersion=5`);
    assertRefused(answer, 400, 'BadRequest', 'specifying resource version is not allowed when using continue');
  },
  'a limit that is no number is refused': async ({ admin, namespace }) => {
    const answer = await admin.get(`${inNamespace(namespace, 'secrets')}?limit=x`);
    assertRefused(answer, 400, 'BadRequest', 'strconv.ParseInt: parsing "x": invalid syntax');
  },
  'a list at an exact version shows what was there then': async (world) => {
    const path = await makeSecrets(world, 'a', 'b');
    const { resourceVersion } = (await world.admin.get(path)).body.metadata;
    await world.admin.delete(`${path}/a`);
    await makeSecrets(world, 'c');
    const then = await world.admin.get(`${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
    assert.deepEqual([names(then), then.body.metadata.resourceVersion], [['a', 'b'], resourceVersion]);
  },
  'a list that is not older than a version shows at least what was there then': async (world) => {
    const path = await makeSecrets(world, 'a');
    const { resourceVersion } = (await world.admin.get(`${path}/a`)).body.metadata;
    for (const match of ['', '&resourceVersionMatch=NotOlderThan']) {
      assert.deepEqual(names(await world.admin.get(`${path}?resourceVersion=${resourceVersion}${match}`)), ['a']);
    }
  },
  'a list at version 0 shows any state that was': async (world) => {
    const path = await makeSecrets(world, 'a');
    await world.eventually(async () =>
      assert.deepEqual(names(await world.admin.get(`${path}?resourceVersion=0`)), ['a']),
    );
  },
  'a list without a version shows every write before it': async (world) => {
    const path = await makeSecrets(world, 'a');
    for (let round = 0; round < 10; round++) {
      await world.admin.mergePatch(`${path}/a`, { metadata: { labels: { round: `${round}` } } });
      const { body } = await world.admin.get(path);
      assert.equal(body.items[0].metadata.labels.round, `${round}`);
    }
  },
  'a version that is not there yet is a timeout to be tried again, for a list and for one object': async (world) => {
    const path = await makeSecrets(world, 'a');
    const queries = ['', '&resourceVersionMatch=NotOlderThan', '&resourceVersionMatch=Exact'];
    const answers = await Promise.all([
      ...queries.map((query) => world.admin.get(`${path}?resourceVersion=${FUTURE}${query}`)),
      world.admin.get(`${path}/a?resourceVersion=${FUTURE}`),
    ]);
    for (const answer of answers) {
      assertRefused(answer, 504, 'Timeout', /^Timeout: Too large resource version: 999999999, current: \d+$/);
      assert.equal(answer.body.details.causes[0].reason, 'ResourceVersionTooLarge');
      assert.equal(answer.headers['retry-after'], '1');
    }
  },
  'what is no version is refused by lists and reads': async (world) => {
    const path = await makeSecrets(world, 'a');
    const why = 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax';
    assertRefused(
      await world.admin.get(`${path}?resourceVersion=x`),
      400,
      'BadRequest',
      `invalid resource version: ${why}`,
    );
    assertRefused(await world.admin.get(`${path}/a?resourceVersion=x`), 500, '', why);
  },
  'a match of versions without a version, or of another kind, is refused': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'secrets');
    const without =
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
    assertInvalid(await admin.get(`${path}?resourceVersionMatch=Exact`), without);
    assertInvalid(await admin.get(`${path}?resourceVersionMatch=NotOlderThan`), without);
    assertInvalid(
      await admin.get(`${path}?resourceVersion=5&resourceVersionMatch=Other`),
      'resourceVersionMatch: Unsupported value: "Other": supported values: "Exact", "NotOlderThan", ""',
    );
    assertInvalid(
      await admin.get(`${path}?resourceVersion=0&resourceVersionMatch=Exact`),
      'resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    );
  },
  'a list is not asked for initial events': async ({ admin, namespace }) => {
    assertInvalid(
      await admin.get(`${inNamespace(namespace, 'secrets')}?sendInitialEvents=true`),
      'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    );
  },
  'a list of all namespaces has the objects of each': async (world) => {
    await makeSecrets(world, 'a');
    const { body } = await world.admin.get(`/api/v1/secrets?fieldSelector=metadata.namespace=${world.namespace}`);
    assert.deepEqual(
      body.items.map(({ metadata }: Json) => [metadata.namespace, metadata.name]),
      [[world.namespace, 'a']],
    );
  },
});
