import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

async function made({ admin, namespace }: World) {
  const all = `/api/v1/namespaces/${namespace}/configmaps`;
  await admin.post(all, { metadata: { name: 'one', labels: { l: 'm' } }, data: { a: '1', b: '2' } });
  return { path: `${all}/one`, patch: (body: unknown) => admin.mergePatch(`${all}/one`, body) };
}

export const mergePatch = chapter('merge patch', {
  'sets what it names, and removes what it sets to null': async (world) => {
    const { patch } = await made(world);
    const { code, body } = await patch({ data: { a: null, b: 'changed', c: '3', none: null } });
    assert.deepEqual([code, body.data], [200, { b: 'changed', c: '3' }]);
  },
  'removes a whole object that it sets to null': async (world) => {
    const { patch } = await made(world);
    const { body } = await patch({ data: null, metadata: { labels: null } });
    assert.deepEqual([body.data, body.metadata.labels, body.metadata.name], [undefined, undefined, 'one']);
  },
  'replaces lists': async (world) => {
    const { path, patch } = await made(world);
    world.cleanUp(() => world.admin.mergePatch(path, { metadata: { finalizers: null } }));
    await patch({ metadata: { finalizers: ['x.y/1', 'x.y/2'] } });
    const { body } = await patch({ metadata: { finalizers: ['x.y/3'] } });
    assert.deepEqual(body.metadata.finalizers, ['x.y/3']);
  },
  'changes no version when it changes nothing': async (world) => {
    const { path, patch } = await made(world);
    const before = (await world.admin.get(path)).body;
    assert.deepEqual((await patch({ data: { a: '1' } })).body, before);
    assert.deepEqual((await patch({})).body, before);
  },
  'refuses what is no object': async (world) => {
    const { patch } = await made(world);
    assertRefused(await patch('{"data":'), 400, 'BadRequest', /./);
    assertRefused(await patch([]), 400, 'BadRequest', /^error decoding patch: /);
  },
  'refuses a merge patch that leaves values of another type': async (world) => {
    const { patch } = await made(world);
    const why = /json: cannot unmarshal string into Go struct field ConfigMap.data of type map\[string\]string$/;
    assertInvalid(await patch({ data: 'x' }), { patch: why });
  },
  'knows four forms of patch only': async (world) => {
    const { path } = await made(world);
    const answer = await world.admin.call('PATCH', path, { body: {}, contentType: 'application/json' });
    assertRefused(answer, 415, 'UnsupportedMediaType', '415: Unsupported Media Type');
    const contentType = 'application/merge-patch+json; charset=utf-8';
    assert.equal((await world.admin.call('PATCH', path, { body: { data: { c: 'd' } }, contentType })).code, 200);
  },
  'takes force with an apply only, and checks the name of the field manager': async (world) => {
    const { path } = await made(world);
    const forced = await world.admin.mergePatch(`${path}?force=true`, {});
    assertInvalid(forced, { force: 'Forbidden: may not be specified for non-apply patch' });
    const long = await world.admin.mergePatch(`${path}?fieldManager=${'x'.repeat(129)}`, {});
    assertInvalid(long, { fieldManager: 'Too long: may not be more than 128 bytes' });
  },
});
