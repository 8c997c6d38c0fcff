import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { assertRefused } from '../refused.ts';
import { thingDefinition, thingGroup } from '../things.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const PART = ['get', 'patch', 'update'];

async function resources({ admin }: World, path: string): Promise<Record<string, Json>> {
  const { body } = await admin.get(path);
  return Object.fromEntries(body.resources.map((resource: Json) => [resource.name, resource]));
}

/** What kubectl knows a resource by. */
function known({ kind, singularName, namespaced, shortNames, categories, verbs }: Json) {
  return [kind, singularName, namespaced, shortNames ?? [], categories ?? [], verbs];
}

export const discovering = chapter('discovery', {
  'the resources of the core group are told with their names': async (world) => {
    const found = await resources(world, '/api/v1');
    assert.deepEqual(known(found.pods), ['Pod', 'pod', true, ['po'], ['all'], VERBS]);
    assert.deepEqual(known(found.services), ['Service', 'service', true, ['svc'], ['all'], VERBS]);
    assert.deepEqual(known(found.configmaps), ['ConfigMap', 'configmap', true, ['cm'], [], VERBS]);
    assert.deepEqual(known(found.secrets), ['Secret', 'secret', true, [], [], VERBS]);
    assert.deepEqual(known(found.serviceaccounts), ['ServiceAccount', 'serviceaccount', true, ['sa'], [], VERBS]);
    assert.deepEqual(known(found.nodes), ['Node', 'node', false, ['no'], [], VERBS]);
    const withoutAll = VERBS.filter((verb) => verb !== 'deletecollection');
    assert.deepEqual(known(found.namespaces), ['Namespace', 'namespace', false, ['ns'], [], withoutAll]);
    assert.equal(found.configmaps.storageVersionHash, 'qFsyl6wFWjQ=');
  },
  'parts of resources are told, with the kind and group of what they take': async (world) => {
    const core = await resources(world, '/api/v1');
    assert.deepEqual(known(core['pods/status']), ['Pod', '', true, [], [], PART]);
    assert.deepEqual(known(core['pods/binding']), ['Binding', '', true, [], [], ['create']]);
    const token = core['serviceaccounts/token'];
    assert.deepEqual([token.kind, token.group, token.version], ['TokenRequest', 'authentication.k8s.io', 'v1']);
    const scale = (await resources(world, '/apis/apps/v1'))['deployments/scale'];
    assert.deepEqual([scale.kind, scale.group, scale.version, scale.verbs], ['Scale', 'autoscaling', 'v1', PART]);
  },
  'every group is told with its versions, the preferred one among them': async (world) => {
    await thingDefinition(world);
    const group = thingGroup(world);
    const { body } = await world.admin.get('/apis');
    const names = body.groups.map(({ name }: Json) => name);
    for (const name of [
      'apps',
      'coordination.k8s.io',
      'discovery.k8s.io',
      'events.k8s.io',
      'policy',
      'rbac.authorization.k8s.io',
    ]) {
      assert.ok(names.includes(name), name);
    }
    const version = (name: string) => ({ groupVersion: `${group}/${name}`, version: name });
    const own = { name: group, versions: [version('v1'), version('v1beta1')], preferredVersion: version('v1') };
    await world.eventually(async () => {
      const { groups } = (await world.admin.get('/apis')).body;
      assert.deepEqual(
        groups.find(({ name }: Json) => name === group),
        own,
      );
    });
    const alone = await world.admin.get(`/apis/${group}`);
    assert.deepEqual(alone.body, { kind: 'APIGroup', apiVersion: 'v1', ...own });
    assert.deepEqual((await world.admin.get('/api')).body.versions, ['v1']);
  },
  'a defined resource is told like any other': async (world) => {
    await thingDefinition(world);
    const found = await resources(world, `/apis/${thingGroup(world)}/v1`);
    const { kind, singularName, namespaced, shortNames, categories, verbs } = found.things;
    assert.deepEqual(
      [kind, singularName, namespaced, shortNames, categories],
      ['Thing', 'thing', true, ['th'], ['all', 'examples']],
    );
    assert.deepEqual([...verbs].sort(), VERBS);
    assert.deepEqual(Object.keys(found).sort(), ['things', 'things/scale', 'things/status']);
    assert.deepEqual(Object.keys(await resources(world, `/apis/${thingGroup(world)}/v1beta1`)), ['things']);
  },
  'aggregated discovery tells everything in two documents': async (world) => {
    await thingDefinition(world);
    const group = thingGroup(world);
    const apis = await world.admin.get('/apis', { accept: AGGREGATED });
    assert.equal(apis.headers['content-type'], AGGREGATED);
    assert.deepEqual([apis.body.kind, apis.body.apiVersion], ['APIGroupDiscoveryList', 'apidiscovery.k8s.io/v2']);
    await world.eventually(async () => {
      const { items } = (await world.admin.get('/apis', { accept: AGGREGATED })).body;
      const own = items.find(({ metadata }: Json) => metadata.name === group);
      const [things] = own.versions[0].resources;
      assert.deepEqual(things.responseKind, { group, version: 'v1', kind: 'Thing' });
      assert.deepEqual(
        [things.resource, things.scope, things.singularResource, things.shortNames],
        ['things', 'Namespaced', 'thing', ['th']],
      );
      assert.deepEqual(things.subresources.map(({ subresource }: Json) => subresource).sort(), ['scale', 'status']);
      assert.deepEqual(
        own.versions.map(({ version, freshness }: Json) => [version, freshness]),
        [
          ['v1', 'Current'],
          ['v1beta1', 'Current'],
        ],
      );
    });
    const core = (await world.admin.get('/api', { accept: AGGREGATED })).body.items[0];
    const maps = core.versions[0].resources.find(({ resource }: Json) => resource === 'configmaps');
    assert.deepEqual([maps.responseKind.kind, maps.scope, maps.verbs], ['ConfigMap', 'Namespaced', VERBS]);
  },
  'a client that does not know aggregated discovery gets the plain one': async ({ admin }) => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v1;as=APIGroupDiscoveryList,application/json';
    assert.equal((await admin.get('/apis', { accept })).body.kind, 'APIGroupList');
  },
  'a kind that is not defined any more is not told any more': async (world) => {
    await thingDefinition(world);
    const group = thingGroup(world);
    await world.admin.delete(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.${group}`);
    await world.eventually(async () => assert.equal((await world.admin.get(`/apis/${group}/v1`)).code, 404));
    await world.eventually(async () => {
      const { groups } = (await world.admin.get('/apis')).body;
      assert.ok(!groups.some(({ name }: Json) => name === group));
    });
  },
  'a group or version that is not there is not found': async ({ admin }) => {
    for (const path of ['/apis/none.example.com', '/apis/none.example.com/v1']) {
      const { code, body } = await admin.get(path);
      assert.deepEqual([code, body], [404, '404 page not found\n']);
    }
    assertRefused(
      await admin.get('/apis/apps/v9'),
      404,
      'NotFound',
      'the server could not find the requested resource',
    );
  },
  'the version is that of Kubernetes 1.36': async ({ admin }) => {
    const { major, minor, gitVersion, platform } = (await admin.get('/version')).body;
    assert.deepEqual([major, minor], ['1', '36']);
    assert.match(gitVersion, /^v1\.36\.\d+/);
    assert.match(platform, /^linux\//);
  },
  'the server is alive, ready and well': async ({ admin }) => {
    for (const path of ['/livez', '/readyz', '/healthz', '/readyz/ping']) {
      const { code, body, headers } = await admin.get(path);
      assert.deepEqual([code, body, headers['content-type']], [200, 'ok', 'text/plain; charset=utf-8'], path);
    }
  },
});
