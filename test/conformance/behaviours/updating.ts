import assert from 'node:assert/strict';
import { chapter } from '../behaviour.ts';
import { define, make, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const deployment = {
  metadata: { name: 'd' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};

export const updating = chapter('updating', {
  'replaces the whole object, and gives it another version': async ({ admin, namespace }) => {
    const path = configMaps(namespace);
    const metadata = { name: 'one', labels: { l: 'm' } };
    const made = await admin.post(path, { metadata, data: { a: '1', b: '2' } });
    const { code, body } = await admin.put(`${path}/one`, { metadata: { name: 'one' }, data: { c: '3' } });
    assert.deepEqual([code, body.data, body.metadata.labels], [200, { c: '3' }, undefined]);
    assert.notEqual(body.metadata.resourceVersion, made.body.metadata.resourceVersion);
    assert.deepEqual((await admin.get(`${path}/one`)).body, body);
  },
  'keeps the version of an object that an update does not change': async ({ admin, namespace }) => {
    const path = configMaps(namespace);
    const made = await admin.post(path, { metadata: { name: 'one' }, data: { a: '1' } });
    const again = await admin.put(`${path}/one`, made.body);
    assert.deepEqual([again.code, again.body], [200, made.body]);
  },
  'keeps the time of creation, whatever an update says': async ({ admin, namespace }) => {
    const path = configMaps(namespace);
    const { creationTimestamp } = (await admin.post(path, { metadata: { name: 'one' } })).body.metadata;
    const metadata = { name: 'one', creationTimestamp: '2001-01-01T00:00:00Z' };
    const { body } = await admin.put(`${path}/one`, { metadata, data: { a: 'b' } });
    assert.equal(body.metadata.creationTimestamp, creationTimestamp);
  },
  'refuses an update that sets the time of deletion': async ({ admin, namespace }) => {
    const path = configMaps(namespace);
    await admin.post(path, { metadata: { name: 'one' } });
    const metadata = { name: 'one', deletionTimestamp: '2001-01-01T00:00:00Z', deletionGracePeriodSeconds: 4 };
    assertInvalid(await admin.put(`${path}/one`, { metadata }), {
      'metadata.deletionTimestamp': 'Invalid value: "2001-01-01T00:00:00Z": field is immutable',
      'metadata.deletionGracePeriodSeconds': 'Invalid value: 4: field is immutable',
    });
  },
  'refuses an update with another name, another namespace or none': async ({ admin, namespace }) => {
    const path = `${configMaps(namespace)}/one`;
    await admin.post(configMaps(namespace), { metadata: { name: 'one' } });
    const named = await admin.put(path, { metadata: { name: 'two' } });
    assertRefused(named, 400, 'BadRequest', 'the name of the object (two) does not match the name on the URL (one)');
    const elsewhere = await admin.put(path, { metadata: { name: 'one', namespace: 'zork' } });
    assertRefused(elsewhere, 400, 'BadRequest', /^the namespace of the provided object does not match/);
    const nameless = await admin.put(path, { metadata: {} });
    const why = 'the name of the object (one based on URL) was undeterminable: name must be provided';
    assertRefused(nameless, 400, 'BadRequest', why);
  },
  'refuses an update of what is not there': async ({ admin, namespace }) => {
    const answer = await admin.put(`${configMaps(namespace)}/none`, { metadata: { name: 'none' } });
    assertRefused(answer, 404, 'NotFound', 'configmaps "none" not found');
  },
  'creates a role, a lease or a service by an update': async ({ admin, namespace }) => {
    const metadata = { name: 'fresh' };
    const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles/fresh`;
    assert.equal((await admin.put(role, { metadata, rules: [] })).code, 201);
    assert.equal((await admin.put(role, { metadata, rules: [] })).code, 200);
    const lease = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/fresh`;
    assert.equal((await admin.put(lease, { metadata, spec: { holderIdentity: 'me' } })).code, 201);
    const service = `/api/v1/namespaces/${namespace}/services/fresh`;
    assert.equal((await admin.put(service, { metadata, spec: { ports: [{ port: 1 }] } })).code, 201);
  },
  'refuses to change an immutable ConfigMap': async ({ admin, namespace }) => {
    const path = configMaps(namespace);
    await admin.post(path, { metadata: { name: 'one' }, immutable: true, data: { a: '1' } });
    const answer = await admin.mergePatch(`${path}/one`, { data: { a: '2' } });
    assertInvalid(answer, { data: 'Forbidden: field is immutable when `immutable` is set' });
  },
  'stores nothing of an update that is a dry run': async ({ admin, namespace }) => {
    const path = configMaps(namespace);
    await admin.post(path, { metadata: { name: 'one' }, data: { a: '1' } });
    const dry = await admin.put(`${path}/one?dryRun=All`, { metadata: { name: 'one' }, data: { a: '2' } });
    assert.deepEqual([dry.code, dry.body.data], [200, { a: '2' }]);
    const patched = await admin.mergePatch(`${path}/one?dryRun=All`, { data: { a: '3' } });
    assert.deepEqual([patched.code, patched.body.data], [200, { a: '3' }]);
    assert.deepEqual((await admin.get(`${path}/one`)).body.data, { a: '1' });
  },
  'raises the generation of a Deployment with its spec only': async ({ admin, namespace }) => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const generation = async (change: object, subresource = '') =>
      (await admin.mergePatch(`${path}/d${subresource}`, change)).body.metadata.generation;
    assert.equal((await admin.post(path, deployment)).body.metadata.generation, 1);
    assert.equal(await generation({ metadata: { labels: { x: 'y' } } }), 1);
    assert.equal(await generation({ spec: { minReadySeconds: 1 } }), 2);
    assert.equal(await generation({ spec: { minReadySeconds: 1 } }), 2);
    assert.equal(await generation({ status: { collisionCount: 3 } }, '/status'), 2);
  },
  'raises the generation of a custom resource with everything but metadata and status': async (world) => {
    const kind = await define(world, specSchema({ a: text }), { version: { subresources: { status: {} } } });
    const generation = async (change: object, subresource = '') =>
      (await world.admin.mergePatch(`${kind.path}/a${subresource}`, change)).body.metadata.generation;
    assert.equal((await make(world, kind, 'a', { spec: { a: '1' } })).metadata.generation, 1);
    assert.equal(await generation({ metadata: { labels: { x: 'y' } } }), 1);
    assert.equal(await generation({ status: { note: 'x' } }, '/status'), 1);
    assert.equal(await generation({ spec: { a: '2' } }), 2);
  },
  'raises the generation of a custom resource without status subresource with its status too': async (world) => {
    const kind = await define(world, specSchema({ a: text }));
    await make(world, kind, 'a', { status: { note: 'kept' } });
    const { body } = await world.admin.mergePatch(`${kind.path}/a`, { status: { note: 'changed' } });
    assert.deepEqual([body.metadata.generation, body.status], [2, { note: 'changed' }]);
  },
});
