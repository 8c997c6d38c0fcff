import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { Api, CONFIG_MAPS } from './api-fixture.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

describe('requests and discovery', () => {
  let api: Api;
  before(async () => {
    api = await Api.start();
  });
  after(() => api.close());

  test('a body above 3 MiB is refused', async () => {
    const { code, body } = await api.post(CONFIG_MAPS, `"${'x'.repeat(3 * 1024 * 1024)}"`);
    assert.deepEqual([code, body.reason], [413, 'RequestEntityTooLarge']);
  });

  test('a body that is no JSON is refused', async () => {
    const { code, body } = await api.post(CONFIG_MAPS, '{bad');
    assert.deepEqual([code, body.reason], [400, 'BadRequest']);
    assert.match(body.message, /^the object provided is unrecognized \(must be of type ConfigMap\)/);
  });

  test('objects may come as YAML', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: b\n';
    assert.equal((await api.post(CONFIG_MAPS, yaml, { type: 'application/yaml' })).code, 201);
  });

  test('objects of another kind are refused', async () => {
    const { code, body } = await api.post(CONFIG_MAPS, {
      apiVersion: 'v2',
      kind: 'ConfigMap',
      metadata: { name: 'x' },
    });
    assert.equal(code, 400);
    assert.match(body.message, /no kind "ConfigMap" is registered for version "v2"/);
  });

  test('what is not there is told in two ways', async () => {
    const known = await api.get('/api/v1/namespaces/default/gizmos');
    assert.deepEqual([known.code, known.body.message], [404, 'the server could not find the requested resource']);
    assert.deepEqual(
      [(await api.get('/apis/none.io/v1/gizmos')).text, (await api.get('/none')).text],
      ['404 page not found\n', '404 page not found\n'],
    );
  });

  test('discovery tells groups, versions and resources, plainly and aggregated', async () => {
    const groups = (await api.get('/apis')).body.groups.map(({ name }) => name);
    assert.ok(
      ['apps', 'discovery.k8s.io', 'rbac.authorization.k8s.io'].every((name) => (groups as string[]).includes(name)),
    );
    const pods = (await api.get('/api/v1')).body.resources.find(({ name }) => name === 'pods');
    assert.deepEqual([pods?.shortNames, pods?.categories] as unknown, [['po'], ['all']]);
    const accept = 'application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList';
    const { body } = await api.get('/api', { accept });
    assert.deepEqual([body.kind, body.apiVersion], ['APIGroupDiscoveryList', 'apidiscovery.k8s.io/v2']);
    assert.ok(body.items[0]?.versions[0]?.resources.some(({ resource }) => (resource as string) === 'services'));
  });

  test('OpenAPI lets clients validate on the server', async () => {
    const { body } = await api.get('/openapi/v3');
    const { text } = await api.get(body.paths['apis/apps/v1']?.serverRelativeURL ?? '');
    const document = JSON.parse(text);
    const patch = document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch;
    assert.deepEqual(patch['x-kubernetes-group-version-kind'], { group: 'apps', version: 'v1', kind: 'Deployment' });
    assert.ok(patch.parameters.some(({ name }: { name: string }) => name === 'fieldValidation'));
  });

  test('tables have the columns of the kind, and the object as asked', async () => {
    const { body } = await api.get('/api/v1/namespaces/default/services?includeObject=None', { accept: TABLE });
    assert.deepEqual(
      body.columnDefinitions.filter(({ priority }) => (priority as number) === 0).map(({ name }) => name),
      ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age'],
    );
    assert.deepEqual(body.rows[0]?.cells.slice(0, 5), ['kubernetes', 'ClusterIP', '10.96.0.1', '<none>', '443/TCP']);
    assert.equal(body.rows[0]?.object, null);
  });

  test('the kubeconfig leads to the server', () => {
    const config = parse(api.server.kubeconfig());
    assert.equal(config.clusters[0].cluster.server, api.server.url);
    assert.equal(config.users[0].user.token, api.server.adminToken);
  });

  test('objects in the binary form of Go clients are understood', async () => {
    const field = (number: number, bytes: Buffer) =>
      Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
    const text = (number: number, value: string) => field(number, Buffer.from(value));
    const metadata = field(
      1,
      Buffer.concat([text(1, 'binary'), field(11, Buffer.concat([text(1, 'a'), text(2, 'b')]))]),
    );
    const data = field(2, Buffer.concat([text(1, 'key'), text(2, 'value')]));
    const envelope = Buffer.concat([
      Buffer.from('k8s\0'),
      field(1, Buffer.concat([text(1, 'v1'), text(2, 'ConfigMap')])),
      field(2, Buffer.concat([metadata, data])),
    ]);
    const type = 'application/vnd.kubernetes.protobuf';
    const { code, body } = await api.call('POST', CONFIG_MAPS, envelope, { type });
    assert.equal(code, 201);
    assert.deepEqual([body.metadata.labels, body.data] as unknown, [{ a: 'b' }, { key: 'value' }]);
    assert.equal((await api.call('POST', CONFIG_MAPS, envelope.subarray(0, 30), { type })).code, 400);
  });
});
