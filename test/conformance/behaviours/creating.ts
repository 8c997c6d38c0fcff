import assert from 'node:assert/strict';
import { chapter } from '../behaviour.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

export const creating = chapter('creating', {
  'gives a new object a uid, a version and a time of creation': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const { code, body } = await admin.post(path, { metadata: { name: 'one' }, data: { a: 'b' } });
    assert.equal(code, 201);
    assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/);
    assert.match(body.metadata.resourceVersion, /^\d+$/);
    assert.match(body.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  },
  'takes no uid, time of creation or time of deletion from the client': async ({ admin, namespace }) => {
    const brought = {
      uid: 'mine',
      creationTimestamp: '2001-01-01T00:00:00Z',
      deletionTimestamp: '2001-01-01T00:00:00Z',
    };
    const { body } = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'a', ...brought },
    });
    assert.notEqual(body.metadata.uid, 'mine');
    assert.doesNotMatch(body.metadata.creationTimestamp, /^2001/);
    assert.equal(body.metadata.deletionTimestamp, undefined);
  },
  'refuses a second object of the same name': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await admin.post(path, { metadata: { name: 'one' } });
    const again = await admin.post(path, { metadata: { name: 'one' } });
    assertRefused(again, 409, 'AlreadyExists', 'configmaps "one" already exists');
    assert.deepEqual(again.body.details, { name: 'one', kind: 'configmaps' });
  },
  'refuses a new object with a resourceVersion': async ({ admin, namespace }) => {
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'a', resourceVersion: '5' },
    });
    assertRefused(answer, 500, undefined, 'resourceVersion should not be set on objects to be created');
  },
  'refuses an object of another namespace than the one of the URL': async ({ admin, namespace }) => {
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'a', namespace: 'other' },
    });
    const message = 'the namespace of the provided object does not match the namespace sent on the request';
    assertRefused(answer, 400, 'BadRequest', message);
  },
  'refuses an object in a namespace that is not there': async ({ admin, unique }) => {
    const answer = await admin.post(`/api/v1/namespaces/no-${unique}/configmaps`, { metadata: { name: 'a' } });
    assertRefused(answer, 404, 'NotFound', `namespaces "no-${unique}" not found`);
  },
  'refuses an object without a name': async ({ admin, namespace }) => {
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {});
    assertInvalid(answer, { 'metadata.name': 'Required value: name or generateName is required' });
  },
  'refuses an object of another kind than the one of the URL': async ({ admin, namespace }) => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, body);
    assertRefused(answer, 400, 'BadRequest', /^Secret in version "v1" cannot be handled as a ConfigMap: /);
  },
  'refuses a body that is no JSON': async ({ admin, namespace }) => {
    for (const body of ['{"metadata":', '[]', 'x']) {
      const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, body);
      assertRefused(answer, 400, 'BadRequest', /the object provided is unrecognized \(must be of type ConfigMap\)/);
    }
  },
  'refuses a value of another type, and says where': async ({ admin, namespace }) => {
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'a' },
      data: { a: 1 },
    });
    const why = 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string';
    assertRefused(answer, 400, 'BadRequest', `ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}`);
  },
  'reads YAML': async ({ admin, namespace }) => {
    const options = { body: 'metadata:\n  name: a\ndata:\n  k: "yes"\n', contentType: 'application/yaml' };
    const { code, body } = await admin.call('POST', `/api/v1/namespaces/${namespace}/configmaps`, options);
    assert.deepEqual([code, body.data], [201, { k: 'yes' }]);
  },
  'generates a name of the prefix and five characters': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const { body } = await admin.post(path, { metadata: { generateName: 'pre-' } });
    assert.match(body.metadata.name, /^pre-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.equal(body.metadata.generateName, 'pre-');
    const named = await admin.post(path, { metadata: { name: 'kept', generateName: 'pre-' } });
    assert.equal(named.body.metadata.name, 'kept');
  },
  'cuts a long prefix, so that a generated name has 63 characters': async ({ admin, namespace }) => {
    const { body } = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { generateName: 'x'.repeat(80) },
    });
    assert.equal(body.metadata.name.length, 63);
  },
  'refuses a prefix that no name may begin with, and the name that came of it': async ({ admin, namespace }) => {
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { generateName: 'X_' } });
    const why = /^Invalid value: "X_\w*": a lowercase RFC 1123 subdomain must consist of/;
    assertInvalid(answer, { 'metadata.generateName': why, 'metadata.name': why });
  },
  'refuses labels, annotations and finalizers whose form is wrong': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const marked = { name: 'x', labels: { a: 'c d' }, annotations: { 'x y': 'z' }, finalizers: ['plain'] };
    assertInvalid(await admin.post(path, { metadata: marked }), {
      'metadata.labels': /^Invalid value: "c d": a valid label must be an empty string or consist of/,
      'metadata.annotations': /^Invalid value: "x y": name part must consist of/,
      'metadata.finalizers[0]':
        'Invalid value: "plain": name is neither a standard finalizer name nor is it fully qualified',
    });
  },
  'refuses two controllers among the owners': async ({ admin, namespace }) => {
    const owner = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: name, controller: true });
    const metadata = { name: 'x', ownerReferences: [owner('p'), owner('q')] };
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, { metadata });
    assertInvalid(answer, { 'metadata.ownerReferences': /Only one reference can have Controller set to true\./ });
  },
  'checks a dry run and stores nothing': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const { code, body } = await admin.post(`${path}?dryRun=All`, { metadata: { name: 'dry' }, data: { a: 'b' } });
    assert.deepEqual([code, body.data, typeof body.metadata.uid], [201, { a: 'b' }, 'string']);
    assert.equal(body.metadata.resourceVersion, undefined);
    assert.equal((await admin.get(`${path}/dry`)).code, 404);
    assert.equal((await admin.post(`${path}?dryRun=All`, { metadata: { name: 'NO' } })).code, 422);
    const some = await admin.post(`${path}?dryRun=Some`, { metadata: { name: 'dry' } });
    assertInvalid(some, { dryRun: 'Unsupported value: ["Some"]: supported values: "All"' });
  },
});
