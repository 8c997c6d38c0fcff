import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { define, make, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

const OTHER_UID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const STALE =
  'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again';

async function made({ admin, namespace }: World) {
  const all = `/api/v1/namespaces/${namespace}/configmaps`;
  const { body } = await admin.post(all, { metadata: { name: 'one' }, data: { a: '1' } });
  return { path: `${all}/one`, body };
}

export const preconditions = chapter('preconditions', {
  'refuses an update of a version that is not the newest': async (world) => {
    const { path, body } = await made(world);
    assert.equal((await world.admin.put(path, { ...body, data: { a: '2' } })).code, 200);
    assertRefused(await world.admin.put(path, { ...body, data: { a: '3' } }), 409, 'Conflict', STALE);
    assert.deepEqual((await world.admin.get(path)).body.data, { a: '2' });
  },
  'takes an update without a version as one of any version': async (world) => {
    const { path } = await made(world);
    const { code, body } = await world.admin.put(path, { metadata: { name: 'one' }, data: { a: '2' } });
    assert.deepEqual([code, body.data], [200, { a: '2' }]);
  },
  'refuses an update of a custom resource without a version': async (world) => {
    const kind = await define(world, specSchema({ a: text }));
    await make(world, kind, 'a');
    assertInvalid(await world.admin.put(`${kind.path}/a`, kind.object('a', { spec: { a: 'b' } })), {
      'metadata.resourceVersion': 'Invalid value: 0: must be specified for an update',
    });
  },
  'refuses a version that is no number': async (world) => {
    const { path } = await made(world);
    const answer = await world.admin.put(path, { metadata: { name: 'one', resourceVersion: 'abc' } });
    assertRefused(answer, 500, undefined, 'strconv.ParseUint: parsing "abc": invalid syntax');
  },
  'refuses an update of an object with another uid': async (world) => {
    const { path, body } = await made(world);
    const answer = await world.admin.put(path, { metadata: { name: 'one', uid: OTHER_UID } });
    const why = `Precondition failed: UID in precondition: ${OTHER_UID}, UID in object meta: ${body.metadata.uid}`;
    assertRefused(answer, 409, 'Conflict', new RegExp(`^Operation cannot be fulfilled on configmaps "one": .*${why}$`));
  },
  'refuses a patch with an old version, and takes one with the newest': async (world) => {
    const { path, body } = await made(world);
    const { resourceVersion } = body.metadata;
    const change = { metadata: { resourceVersion }, data: { a: '2' } };
    assert.equal((await world.admin.mergePatch(path, change)).code, 200);
    assertRefused(await world.admin.mergePatch(path, { ...change, data: { a: '3' } }), 409, 'Conflict', STALE);
  },
  'refuses a patch that changes uid, name or namespace': async (world) => {
    const { path } = await made(world);
    const patch = (metadata: object) => world.admin.mergePatch(path, { metadata });
    assertInvalid(await patch({ uid: OTHER_UID }), {
      'metadata.uid': `Invalid value: "${OTHER_UID}": field is immutable`,
    });
    assertRefused(await patch({ name: 'two' }), 400, 'BadRequest', /^the name of the object \(two\) does not match/);
    assertRefused(await patch({ namespace: 'zork' }), 400, 'BadRequest', /^the namespace of the provided object/);
    assertRefused(await patch({ name: null }), 400, 'BadRequest', /was undeterminable: name must be provided$/);
  },
  'refuses a patch that makes another kind of the object': async (world) => {
    const { path } = await made(world);
    assert.equal((await world.admin.mergePatch(path, { apiVersion: 'v2' })).body.details.causes[0].field, 'patch');
    const kind = await define(world, specSchema({ a: text }));
    await make(world, kind, 'a');
    const other = await world.admin.mergePatch(`${kind.path}/a`, { kind: 'Gadget' });
    assertInvalid(other, { kind: 'Invalid value: "Gadget": must be Widget' });
    const elsewhere = await world.admin.mergePatch(`${kind.path}/a`, { apiVersion: 'zork/v1' });
    assertInvalid(elsewhere, { apiVersion: `Invalid value: "zork/v1": must be ${kind.group}/v1` });
  },
  'refuses a delete of an object with another uid or version': async (world) => {
    const { path, body } = await made(world);
    const { uid, resourceVersion } = body.metadata;
    const byUid = await world.admin.delete(path, { preconditions: { uid: OTHER_UID } });
    const what = 'Operation cannot be fulfilled on ConfigMap "one": ';
    const recreated = 'The object might have been deleted and then recreated';
    const uidMessage = `the UID in the precondition (${OTHER_UID}) does not match the UID in record (${uid}). ${recreated}`;
    assertRefused(byUid, 409, 'Conflict', what + uidMessage);
    const byVersion = await world.admin.delete(path, { preconditions: { resourceVersion: '1' } });
    const inRecord = `does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    assertRefused(byVersion, 409, 'Conflict', `${what}the ResourceVersion in the precondition (1) ${inRecord}`);
    assert.equal((await world.admin.get(path)).code, 200);
    assert.equal((await world.admin.delete(path, { preconditions: { uid, resourceVersion } })).code, 200);
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'deletes nothing in a dry run': async (world) => {
    const { path } = await made(world);
    assert.equal((await world.admin.delete(`${path}?dryRun=All`)).code, 200);
    assert.equal((await world.admin.delete(path, { dryRun: ['All'] })).code, 200);
    assert.equal((await world.admin.get(path)).code, 200);
  },
});
