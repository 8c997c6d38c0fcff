import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

const UNPROCESSABLE = 'the server rejected our request due to an error in our request';

async function made({ admin, namespace }: World) {
  const all = `/api/v1/namespaces/${namespace}/configmaps`;
  const metadata = { name: 'one', annotations: { 'a/b': '1' }, finalizers: ['x.y/1', 'x.y/2', 'x.y/3'] };
  await admin.post(all, { metadata, data: { a: '1', b: '2' } });
  const path = `${all}/one`;
  const patch = (...operations: object[]) => admin.jsonPatch(path, operations);
  const data = async () => (await admin.get(path)).body.data;
  const finalizers = async (...operations: object[]) => {
    const { body } = await admin.jsonPatch(`${path}?dryRun=All`, operations);
    return body.metadata.finalizers?.map((each: string) => each.replace('x.y/', '')) ?? body.code;
  };
  return { path, patch, data, finalizers };
}

const chapterOf: Record<string, (world: World) => Promise<void>> = {
  'adds, replaces and removes members': async (world) => {
    const { patch, data } = await made(world);
    const { code } = await patch(
      { op: 'add', path: '/data/new', value: '3' },
      { op: 'replace', path: '/data/a', value: 'changed' },
      { op: 'remove', path: '/data/b' },
    );
    assert.equal(code, 200);
    assert.deepEqual(await data(), { a: 'changed', new: '3' });
  },
  'changes nothing when a test fails': async (world) => {
    const { patch, data } = await made(world);
    const answer = await patch(
      { op: 'replace', path: '/data/b', value: 'changed' },
      { op: 'test', path: '/data/a', value: 'other' },
    );
    assertRefused(answer, 422, 'Invalid', UNPROCESSABLE);
    assert.deepEqual([answer.body.details, await data()], [{}, { a: '1', b: '2' }]);
  },
  'goes on when a test holds': async (world) => {
    const { patch, data } = await made(world);
    const { code } = await patch(
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'test', path: '/data', value: { b: '2', a: '1' } },
      { op: 'test', path: '/data/none', value: null },
      { op: 'replace', path: '/data/a', value: 'changed' },
    );
    assert.deepEqual([code, await data()], [200, { a: 'changed', b: '2' }]);
  },
  'moves and copies': async (world) => {
    const { patch, data } = await made(world);
    const { code } = await patch(
      { op: 'move', from: '/data/a', path: '/data/moved' },
      { op: 'copy', from: '/data/moved', path: '/data/copied' },
    );
    assert.deepEqual([code, await data()], [200, { b: '2', moved: '1', copied: '1' }]);
  },
  'refuses to move or remove what is not there': async (world) => {
    const { patch } = await made(world);
    assertRefused(await patch({ op: 'move', from: '/data/none', path: '/data/x' }), 422, 'Invalid', UNPROCESSABLE);
    assertRefused(await patch({ op: 'remove', path: '/data/none' }), 422, 'Invalid', UNPROCESSABLE);
    assertRefused(await patch({ op: 'add', path: '/none/x', value: '1' }), 422, 'Invalid', UNPROCESSABLE);
  },
  'adds a member by replacing one that is not there': async (world) => {
    const { patch, data } = await made(world);
    assert.equal((await patch({ op: 'replace', path: '/data/c', value: '3' })).code, 200);
    assert.deepEqual(await data(), { a: '1', b: '2', c: '3' });
  },
  'reads ~1 in a path as a slash and ~0 as a tilde': async (world) => {
    const { patch } = await made(world);
    const { body } = await patch({ op: 'replace', path: '/metadata/annotations/a~1b', value: 'changed' });
    assert.deepEqual(body.metadata.annotations, { 'a/b': 'changed' });
    const tilde = await patch({ op: 'add', path: '/metadata/annotations/a~0b', value: 'x' });
    assertInvalid(tilde, { 'metadata.annotations': /^Invalid value: "a~b": name part must consist of/ });
  },
  'puts an item where the path says: before another, at the end, counted from the end': async (world) => {
    const { finalizers } = await made(world);
    const add = (position: string) =>
      finalizers({ op: 'add', path: `/metadata/finalizers/${position}`, value: 'x.y/new' });
    assert.deepEqual(await add('0'), ['new', '1', '2', '3']);
    assert.deepEqual(await add('2'), ['1', '2', 'new', '3']);
    assert.deepEqual(await add('3'), ['1', '2', '3', 'new']);
    assert.deepEqual(await add('-'), ['1', '2', '3', 'new']);
    assert.deepEqual(await add('-1'), ['1', '2', '3', 'new']);
    assert.deepEqual(await finalizers({ op: 'remove', path: '/metadata/finalizers/-1' }), ['1', '2']);
  },
  'refuses positions that a list does not have': async (world) => {
    const { finalizers } = await made(world);
    for (const position of ['4', '7', 'x']) {
      const operation = { op: 'add', path: `/metadata/finalizers/${position}`, value: 'x.y/new' };
      assert.equal(await finalizers(operation), 422, position);
    }
    assert.equal(await finalizers({ op: 'replace', path: '/metadata/finalizers/3', value: 'x.y/new' }), 422);
    assert.equal(await finalizers({ op: 'remove', path: '/metadata/finalizers/3' }), 422);
  },
  'tests an item before it removes it': async (world) => {
    const { finalizers } = await made(world);
    const removal = (value: string) =>
      finalizers(
        { op: 'test', path: '/metadata/finalizers/0', value },
        { op: 'remove', path: '/metadata/finalizers/0' },
      );
    assert.deepEqual(await removal('x.y/1'), ['2', '3']);
    assert.equal(await removal('x.y/2'), 422);
  },
  'refuses operations that it does not know': async (world) => {
    const { patch } = await made(world);
    assertRefused(await patch({ op: 'zork', path: '/data/x', value: 'x' }), 422, 'Invalid', UNPROCESSABLE);
    assertRefused(await patch({ path: '/data/x', value: 'x' }), 422, 'Invalid', UNPROCESSABLE);
    assertRefused(await patch({ op: 'add', value: 'x' }), 422, 'Invalid', UNPROCESSABLE);
  },
  'refuses a patch that is no list, or no JSON': async (world) => {
    const { path } = await made(world);
    const single = await world.admin.jsonPatch(path, { op: 'add', path: '/data/x', value: 'x' });
    const why = 'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp';
    assertRefused(single, 400, 'BadRequest', `error decoding patch: ${why}`);
    assert.equal((await world.admin.jsonPatch(path, '[{"op":')).code, 400);
  },
  'refuses more than 10000 operations': async (world) => {
    const { patch } = await made(world);
    const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/data/a', value: '1' }));
    const why = 'The allowed maximum operations in a JSON patch is 10000, got 10001';
    assertRefused(await patch(...many), 413, 'RequestEntityTooLarge', `Request entity too large: ${why}`);
  },
  'refuses a JSON patch that leaves values of another type': async (world) => {
    const { patch, data } = await made(world);
    const why = /json: cannot unmarshal number into Go struct field ConfigMap.data of type string$/;
    assertInvalid(await patch({ op: 'add', path: '/data/x', value: 1 }), { patch: why });
    assert.deepEqual(await data(), { a: '1', b: '2' });
  },
  'does not patch what is not there': async (world) => {
    const { path } = await made(world);
    const answer = await world.admin.jsonPatch(path.replace(/one$/, 'none'), []);
    assertRefused(answer, 404, 'NotFound', 'configmaps "none" not found');
  },
};

/** The finalizers, which are there to have a list, would hold the namespace. */
function released(run: (world: World) => Promise<void>) {
  return async (world: World) => {
    const path = `/api/v1/namespaces/${world.namespace}/configmaps/one`;
    world.cleanUp(() => world.admin.mergePatch(path, { metadata: { finalizers: null } }));
    await run(world);
  };
}

export const jsonPatch = chapter(
  'JSON patch',
  Object.fromEntries(Object.entries(chapterOf).map(([name, run]) => [name, released(run)])),
);
