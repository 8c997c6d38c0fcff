import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { define, integer, make, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

const schema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { replicas: integer, other: text } },
    status: { type: 'object', properties: { replicas: integer, selector: text, note: text } },
  },
};
const scale = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.status.selector',
};
const scaleObject = (name: string, spec: object, more: object = {}) => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name, ...more },
  spec,
});

async function widget(world: World, spec: object = { other: 'x', replicas: 1 }) {
  const kind = await define(world, schema, { version: { subresources: { status: {}, scale } } });
  const body = await make(world, kind, 'a', { spec });
  return { ...kind, path: `${kind.path}/a`, all: kind.path, body };
}

async function deployment({ admin, namespace }: World) {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const selector = { matchLabels: { a: 'b', c: 'd' } };
  const template = { metadata: { labels: { a: 'b', c: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  await admin.post(path, { metadata: { name: 'd' }, spec: { replicas: 2, paused: true, selector, template } });
  return `${path}/d`;
}

export const statusAndScale = chapter('status and scale', {
  'drops the status of a new object whose status is a subresource': async (world) => {
    const { all, object } = await widget(world);
    const { body } = await world.admin.post(all, object('b', { spec: {}, status: { note: 'lost' } }));
    assert.equal(body.status, undefined);
  },
  'changes no status through the object': async (world) => {
    const { path } = await widget(world);
    await world.admin.mergePatch(`${path}/status`, { status: { note: 'kept' } });
    const patched = await world.admin.mergePatch(path, { spec: { other: 'y' }, status: { note: 'lost' } });
    assert.deepEqual([patched.body.status, patched.body.spec.other], [{ note: 'kept' }, 'y']);
    const put = await world.admin.put(path, { ...patched.body, status: undefined });
    assert.deepEqual(put.body.status, { note: 'kept' });
  },
  'changes neither spec nor metadata through the status': async (world) => {
    const { path } = await widget(world);
    const change = { spec: { other: 'lost' }, metadata: { labels: { lost: 'x' } }, status: { note: 'kept' } };
    const { code, body } = await world.admin.mergePatch(`${path}/status`, change);
    assert.deepEqual([code, body.spec, body.metadata.labels], [200, { other: 'x', replicas: 1 }, undefined]);
    assert.deepEqual(body.status, { note: 'kept' });
    const put = await world.admin.put(`${path}/status`, { ...body, spec: null, status: { note: 'put' } });
    assert.deepEqual([put.body.spec, put.body.status], [body.spec, { note: 'put' }]);
    assert.deepEqual((await world.admin.get(`${path}/status`)).body, (await world.admin.get(path)).body);
  },
  'has no status where the definition declares none': async (world) => {
    const kind = await define(world, schema);
    const { path } = kind;
    await make(world, kind, 'a', { status: { note: 'kept' } });
    assert.deepEqual((await world.admin.get(`${path}/a`)).body.status, { note: 'kept' });
    assert.equal((await world.admin.get(`${path}/a/status`)).code, 404);
    assert.equal((await world.admin.get(`${path}/a/scale`)).code, 404);
  },
  'keeps the spec of a Deployment from writes to its status': async (world) => {
    const path = await deployment(world);
    const { body } = await world.admin.mergePatch(`${path}/status`, {
      spec: { replicas: 9 },
      status: { collisionCount: 4 },
    });
    assert.deepEqual([body.spec.replicas, body.status.collisionCount], [2, 4]);
  },
  'shows the scale of a custom resource where the definition says': async (world) => {
    const { path, body } = await widget(world, { replicas: 3 });
    await world.admin.mergePatch(`${path}/status`, { status: { replicas: 2, selector: 'a=b' } });
    const answer = await world.admin.get(`${path}/scale`);
    const { uid, name, namespace } = answer.body.metadata;
    assert.deepEqual([answer.code, answer.body.kind, answer.body.apiVersion], [200, 'Scale', 'autoscaling/v1']);
    assert.deepEqual([uid, name, namespace], [body.metadata.uid, 'a', world.namespace]);
    assert.deepEqual([answer.body.spec, answer.body.status], [{ replicas: 3 }, { replicas: 2, selector: 'a=b' }]);
  },
  'has no scale to show of a custom resource without replicas': async (world) => {
    const { path } = await widget(world, { other: 'x' });
    const why = 'Internal error occurred: the spec replicas field ".spec.replicas" does not exist';
    assertRefused(await world.admin.get(`${path}/scale`), 500, 'InternalError', why);
    assert.equal((await world.admin.mergePatch(`${path}/scale`, { spec: { replicas: 2 } })).code, 200);
    assert.deepEqual((await world.admin.get(`${path}/scale`)).body.spec, { replicas: 2 });
  },
  'scales a custom resource by a put, a merge patch and a JSON patch': async (world) => {
    const { path } = await widget(world);
    assert.equal((await world.admin.put(`${path}/scale`, scaleObject('a', { replicas: 4 }))).body.spec.replicas, 4);
    const patched = await world.admin.mergePatch(`${path}/scale`, { spec: { replicas: 5 }, status: { replicas: 99 } });
    assert.deepEqual([patched.body.spec, patched.body.status], [{ replicas: 5 }, { replicas: 0 }]);
    const operations = [{ op: 'replace', path: '/spec/replicas', value: 6 }];
    assert.equal((await world.admin.jsonPatch(`${path}/scale`, operations)).code, 200);
    const { body } = await world.admin.get(path);
    assert.deepEqual([body.spec, body.metadata.generation], [{ other: 'x', replicas: 6 }, 4]);
  },
  'refuses a scale that is negative, of another name, of another version': async (world) => {
    const { path, group } = await widget(world);
    const negative = await world.admin.put(`${path}/scale`, scaleObject('a', { replicas: -1 }));
    const why = '.spec.replicas: Invalid value: -1: should be a non-negative integer';
    assertRefused(negative, 422, 'Invalid', `Widget.${group} "a" is invalid: ${why}`);
    const named = await world.admin.put(`${path}/scale`, scaleObject('b', { replicas: 1 }));
    assertRefused(named, 400, 'BadRequest', 'the name of the object (b) does not match the name on the URL (a)');
    const stale = await world.admin.put(`${path}/scale`, scaleObject('a', { replicas: 1 }, { resourceVersion: '1' }));
    assertRefused(stale, 409, 'Conflict', /the object has been modified/);
    const strategic = await world.admin.strategicPatch(`${path}/scale`, { spec: { replicas: 1 } });
    assertRefused(
      strategic,
      415,
      'UnsupportedMediaType',
      /accepted media types include: application\/json-patch\+json/,
    );
    assert.equal((await world.admin.get(path)).body.spec.replicas, 1);
  },
  'makes who scales the owner of the replicas, through the scale': async (world) => {
    const { path, group } = await widget(world);
    await world.admin.mergePatch(`${path}/scale?fieldManager=scaler`, { spec: { replicas: 3 } });
    const [maker, owner] = (await world.admin.get(path)).body.metadata.managedFields;
    const apiVersion = `${group}/v1`;
    const scaler = { manager: 'scaler', operation: 'Update', apiVersion, fieldsType: 'FieldsV1', subresource: 'scale' };
    assert.deepEqual(owner, { ...scaler, fieldsV1: { 'f:spec': { 'f:replicas': {} } } });
    assert.deepEqual([maker.manager, maker.fieldsV1], ['maker', { 'f:spec': { 'f:other': {} } }]);
  },
  'scales a Deployment by a put and by patches': async (world) => {
    const path = await deployment(world);
    const shown = await world.admin.get(`${path}/scale`);
    assert.deepEqual([shown.body.spec, shown.body.status.selector], [{ replicas: 2 }, 'a=b,c=d']);
    assert.equal((await world.admin.put(`${path}/scale`, scaleObject('d', { replicas: 1 }))).body.spec.replicas, 1);
    assert.equal((await world.admin.strategicPatch(`${path}/scale`, { spec: { replicas: 3 } })).body.spec.replicas, 3);
    const { body } = await world.admin.mergePatch(`${path}/scale`, { spec: { replicas: 0 } });
    assert.deepEqual(body.spec, {});
    assert.equal((await world.admin.get(path)).body.spec.replicas, 0);
  },
  'refuses a scale of a Deployment that is negative or no number': async (world) => {
    const path = await deployment(world);
    const negative = await world.admin.put(`${path}/scale`, scaleObject('d', { replicas: -1 }));
    assertInvalid(negative, { 'spec.replicas': 'Invalid value: -1: must be greater than or equal to 0' });
    const words = await world.admin.mergePatch(`${path}/scale`, { spec: { replicas: 'x' } });
    const why = /json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32$/;
    assertInvalid(words, { patch: why });
  },
  'stores no scale of a dry run': async (world) => {
    const { path } = await widget(world);
    const dry = await world.admin.mergePatch(`${path}/scale?dryRun=All`, { spec: { replicas: 8 } });
    assert.deepEqual([dry.code, dry.body.spec.replicas], [200, 8]);
    assert.equal((await world.admin.get(path)).body.spec.replicas, 1);
  },
});
