import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { thingDefinition, thingGroup } from '../things.ts';

async function documentOf({ admin }: World, path: string): Promise<Json> {
  return (await admin.get(`/openapi/v3/${path}`)).body;
}

/** The schema of a kind, which clients find by its mark. */
function schemaOf(document: Json, kind: string): Json {
  return Object.values<Json>(document.components.schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some((one: Json) => one.kind === kind),
  );
}

/** Resolves when the document of the defined kind is there: it is made some time after the definition. */
async function thingDocument(world: World): Promise<Json> {
  await thingDefinition(world);
  return world.eventually(async () => {
    const document = await documentOf(world, `apis/${thingGroup(world)}/v1`);
    assert.ok(document.components);
    return document;
  });
}

export const openapi = chapter('OpenAPI', {
  'an index leads to a document for each version, with a hash of what is in it': async ({ admin }) => {
    const { paths } = (await admin.get('/openapi/v3')).body;
    for (const path of ['api/v1', 'apis/apps/v1', 'apis/coordination.k8s.io/v1', 'apis/networking.k8s.io/v1']) {
      assert.match(paths[path].serverRelativeURL, new RegExp(`^/openapi/v3/${path}\\?hash=[0-9A-F]+$`));
    }
    const document = await admin.get(paths['apis/apps/v1'].serverRelativeURL);
    assert.deepEqual([document.code, document.body.openapi], [200, '3.0.0']);
  },
  'built-in kinds have their schema under the name that clients know': async (world) => {
    const { components } = await documentOf(world, 'apis/apps/v1');
    const schema = components.schemas['io.k8s.api.apps.v1.Deployment'];
    assert.deepEqual(schema['x-kubernetes-group-version-kind'], [{ group: 'apps', version: 'v1', kind: 'Deployment' }]);
    assert.deepEqual(Object.keys(schema.properties).sort(), ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
    const core = await documentOf(world, 'api/v1');
    assert.ok(core.components.schemas['io.k8s.api.core.v1.ConfigMap'].properties.data);
  },
  'every reference in a document leads to a schema of it': async (world) => {
    for (const path of ['api/v1', 'apis/apps/v1', 'apis/discovery.k8s.io/v1']) {
      const document = await documentOf(world, path);
      const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
      for (const [, name = ''] of references) assert.ok(document.components.schemas[name], name);
    }
  },
  'paths of resources tell what is done there with which kind': async (world) => {
    const { paths } = await documentOf(world, 'apis/apps/v1');
    const one = '/apis/apps/v1/namespaces/{namespace}/deployments/{name}';
    assert.equal(paths['/apis/apps/v1/namespaces/{namespace}/deployments'].get['x-kubernetes-action'], 'list');
    assert.equal(paths['/apis/apps/v1/deployments'].get['x-kubernetes-action'], 'list');
    for (const part of ['', '/status', '/scale']) assert.ok(paths[one + part].patch, part);
    const { patch } = paths[one];
    assert.deepEqual(patch['x-kubernetes-group-version-kind'], { group: 'apps', version: 'v1', kind: 'Deployment' });
    const parameters = patch.parameters.map(({ name }: Json) => name);
    for (const name of ['dryRun', 'fieldManager', 'fieldValidation', 'force'])
      assert.ok(parameters.includes(name), name);
  },
  'a defined kind has the schema of its definition': async (world) => {
    const document = await thingDocument(world);
    const schema = schemaOf(document, 'Thing');
    assert.equal(schema.description, 'A thing.');
    assert.deepEqual(schema.properties.spec.properties.color, { type: 'string', description: 'Its color.' });
    assert.deepEqual(schema.properties.status.properties.size, { type: 'integer' });
    const root = `/apis/${thingGroup(world)}/v1/namespaces/{namespace}/things/{name}`;
    for (const part of ['', '/status', '/scale']) assert.ok(document.paths[root + part].patch, part);
  },
  'the index tells of a defined kind, and of a changed one': async (world) => {
    await thingDocument(world);
    const path = `apis/${thingGroup(world)}/v1`;
    const hash = async () => (await world.admin.get('/openapi/v3')).body.paths[path]?.serverRelativeURL;
    const before = await world.eventually(async () => {
      const found = await hash();
      assert.ok(found);
      return found;
    });
    const definition = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.${thingGroup(world)}`;
    const description = '/spec/versions/0/schema/openAPIV3Schema/description';
    await world.admin.jsonPatch(definition, [{ op: 'replace', path: description, value: 'Another thing.' }]);
    await world.eventually(async () => assert.notEqual(await hash(), before));
  },
  'a document in the older form has the kinds too': async ({ admin }) => {
    const { body } = await admin.get('/openapi/v2');
    assert.equal(body.swagger, '2.0');
    assert.ok(Object.keys(body.definitions).some((name) => name.endsWith('.Deployment')));
  },
});
