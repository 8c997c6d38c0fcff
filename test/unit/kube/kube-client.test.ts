import assert from 'node:assert/strict';
import test from 'node:test';
import { KubeError } from '../../../src/kube/errors.ts';
import { ConfigMap, Namespace, ServiceAccount } from '../../../src/kube/resources.ts';
import { collect } from '../../support/collect.ts';
import { connect } from '../../support/connect.ts';
import { type Answer, sendJson, sendStatus } from '../../support/scripted-api-server.ts';

const name = { namespace: 'lab', name: 'a' };
const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: name, data: { key: 'value' } };
const PATH = '/api/v1/namespaces/lab/configmaps/a';

/** Says that an object of this name is missing. */
const missing: Answer = (_, response) =>
  sendStatus(response, 404, 'NotFound', 'no', {}, { name: name.name, kind: 'configmaps' });

/** A client of a server that gives the object for everything. */
async function answering(t: Parameters<typeof connect>[0], answer: unknown = object) {
  const { client, server } = await connect(t, (_, response) => sendJson(response, 200, answer));
  const asked = () => {
    const { method, path, query, headers, body } = server.requests[0] ?? assert.fail('nothing was asked');
    return [method, path, Object.fromEntries(query), headers['content-type'], body && JSON.parse(body)];
  };
  return { client, asked };
}

test('get gives the object', async (t) => {
  const { client, asked } = await answering(t);
  assert.deepEqual(await client.get(ConfigMap, name), object);
  assert.deepEqual(asked(), ['GET', PATH, {}, undefined, '']);
});

test('get of what is not there gives undefined', async (t) => {
  const { client } = await connect(t, missing);
  assert.equal(await client.get(ConfigMap, name), undefined);
});

test('get and delete of a resource that the server does not know throw', async (t) => {
  const { client, server } = await connect(t, (_, response) => void response.writeHead(404).end('404 page not found'));
  const bare = { code: 404, reason: 'Unknown', message: /404 page not found/ };
  await assert.rejects(client.get(ConfigMap, name), bare);
  await assert.rejects(client.delete(ConfigMap, name), bare);
  server.answer = (_, response) => sendStatus(response, 404, 'NotFound', 'the server has no such resource', {}, {});
  await assert.rejects(client.get(ConfigMap, name), { code: 404, reason: 'NotFound' });
  await assert.rejects(client.delete(ConfigMap, name), { code: 404, reason: 'NotFound' });
});

test('a 404 that names something else is no answer to get and delete', async (t) => {
  const { client } = await connect(t, (_, response) =>
    sendStatus(response, 404, 'NotFound', 'no', {}, { name: 'lab', kind: 'namespaces' }),
  );
  await assert.rejects(client.get(ConfigMap, name), { code: 404 });
  await assert.rejects(client.delete(ConfigMap, name), { code: 404 });
});

test('list gives one page, its items complete', async (t) => {
  const items = [{ metadata: name }];
  const { client, asked } = await answering(t, { metadata: { resourceVersion: '7', continue: 'next' }, items });
  const page = await client.list(ConfigMap, { namespace: 'lab', labelSelector: 'a=b', limit: 1, continue: 'token' });
  assert.deepEqual(page, {
    items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: name }],
    resourceVersion: '7',
    continue: 'next',
  });
  const query = { labelSelector: 'a=b', limit: '1', continue: 'token' };
  assert.deepEqual(asked(), ['GET', '/api/v1/namespaces/lab/configmaps', query, undefined, '']);
});

test('the last page has no continue', async (t) => {
  const { client } = await answering(t, { metadata: { resourceVersion: '7', continue: '' }, items: null });
  assert.deepEqual(await client.list(Namespace, {}), { items: [], resourceVersion: '7' });
});

test('create posts to the namespace of the object, strictly', async (t) => {
  const { client, asked } = await answering(t);
  assert.deepEqual(await client.create(ConfigMap, object), object);
  const query = { fieldValidation: 'Strict' };
  assert.deepEqual(asked(), ['POST', '/api/v1/namespaces/lab/configmaps', query, 'application/json', object]);
});

test('create of a namespaced object without a namespace is refused here', async (t) => {
  const { client } = await answering(t);
  await assert.rejects(client.create(ConfigMap, { ...object, metadata: { name: 'a' } }), TypeError);
});

test('replace puts the object, strictly, with the version that it replaces', async (t) => {
  const { client, asked } = await answering(t);
  const read = { ...object, metadata: { ...name, resourceVersion: '7' } };
  await client.replace(ConfigMap, read, { subresource: 'status' });
  assert.deepEqual(asked(), ['PUT', `${PATH}/status`, { fieldValidation: 'Strict' }, 'application/json', read]);
  await assert.rejects(client.replace(ConfigMap, object), /ConfigMap a has no resourceVersion/);
});

test('a dry run is asked for with every kind of write', async (t) => {
  const { client, server } = await connect(t, (_, response) => sendJson(response, 200, object));
  const dryRun = { dryRun: true };
  await client.create(ConfigMap, object, dryRun);
  await client.replace(ConfigMap, { ...object, metadata: { ...name, resourceVersion: '7' } }, dryRun);
  await client.apply(ConfigMap, object, { fieldManager: 'me', ...dryRun });
  await client.jsonPatch(ConfigMap, name, [], dryRun);
  await client.mergePatch(ConfigMap, name, {}, dryRun);
  await client.delete(ConfigMap, name, dryRun);
  assert.deepEqual(
    server.requests.map(({ method, query }) => `${method} ${query.get('dryRun')}`),
    ['POST All', 'PUT All', 'PATCH All', 'PATCH All', 'PATCH All', 'DELETE null'],
  );
  assert.deepEqual(JSON.parse(server.requests.at(-1)?.body ?? '').dryRun, ['All']);
});

test('apply sends a server-side apply', async (t) => {
  const { client, asked } = await answering(t);
  await client.apply(ConfigMap, object, { fieldManager: 'me', force: true, subresource: 'status' });
  const query = { fieldManager: 'me', force: 'true', fieldValidation: 'Strict' };
  assert.deepEqual(asked(), ['PATCH', `${PATH}/status`, query, 'application/apply-patch+yaml', object]);
});

test('a JSON Patch and a merge patch are sent as such', async (t) => {
  const operations = [{ op: 'test' as const, path: '/data/key', value: 'value' }];
  const json = await answering(t);
  await json.client.jsonPatch(ConfigMap, name, operations);
  assert.deepEqual(json.asked(), ['PATCH', PATH, {}, 'application/json-patch+json', operations]);
  const merge = await answering(t);
  await merge.client.mergePatch(ConfigMap, name, { data: { key: null } }, { subresource: 'status' });
  const type = 'application/merge-patch+json';
  assert.deepEqual(merge.asked(), ['PATCH', `${PATH}/status`, {}, type, { data: { key: null } }]);
});

test('delete sends the uid as precondition', async (t) => {
  const { client, asked } = await answering(t);
  const options = { uid: 'u-1', propagation: 'Foreground', gracePeriodSeconds: 0 } as const;
  assert.equal(await client.delete(ConfigMap, name, options), true);
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid: 'u-1' },
    propagationPolicy: 'Foreground',
    gracePeriodSeconds: 0,
  };
  assert.deepEqual(asked(), ['DELETE', PATH, {}, 'application/json', body]);
});

test('delete of what is not there is false; of another uid a conflict', async (t) => {
  const { client, server } = await connect(t, missing);
  assert.equal(await client.delete(ConfigMap, name), false);
  server.answer = (_, response) => sendStatus(response, 409, 'Conflict');
  await assert.rejects(client.delete(ConfigMap, name, { uid: 'u-1' }), { code: 409, reason: 'Conflict' });
});

test('createSubresource posts to it', async (t) => {
  const { client, asked } = await answering(t, { status: { token: 'made' } });
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
  const answer = await client.createSubresource<{ status: { token: string } }>(ServiceAccount, name, 'token', request);
  assert.equal(answer.status.token, 'made');
  assert.deepEqual(asked(), [
    'POST',
    '/api/v1/namespaces/lab/serviceaccounts/a/token',
    {},
    'application/json',
    request,
  ]);
});

test('a watch gives events until the server ends it', async (t) => {
  const { client, server } = await connect(t, (_, response) => {
    response.write(`${JSON.stringify({ type: 'ADDED', object })}\n{"type":"BOOKMARK","obj`);
    response.end('ect":{"metadata":{"resourceVersion":"9"}}}\n');
  });
  const query = { namespace: 'lab', fieldSelector: 'metadata.name=a', resourceVersion: '7', timeoutSeconds: 300 };
  const events = await collect(client.watch(ConfigMap, query, t.signal));
  assert.deepEqual(events, [
    { type: 'ADDED', object },
    { type: 'BOOKMARK', resourceVersion: '9' },
  ]);
  assert.deepEqual(Object.fromEntries(server.requests[0]?.query ?? []), {
    fieldSelector: 'metadata.name=a',
    resourceVersion: '7',
    timeoutSeconds: '300',
    watch: 'true',
    allowWatchBookmarks: 'true',
  });
});

test('an ERROR in a watch throws and closes the connection', async (t) => {
  const { client, server } = await connect(t, (_, response) => {
    response.write('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}}\n');
  });
  const events = collect(client.watch(ConfigMap, { resourceVersion: '1', timeoutSeconds: 300 }, t.signal));
  await assert.rejects(events, new KubeError({ code: 410, reason: 'Expired', message: 'old' }));
  await server.until(({ openSockets }) => openSockets === 0);
});
