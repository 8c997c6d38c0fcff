/** A custom resource for the behaviours of kinds that are defined. */
import assert from 'node:assert/strict';
import type { World } from './behaviour.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export function thingGroup({ unique }: World): string {
  return `${unique}.example.com`;
}

export function things(world: World): string {
  return `/apis/${thingGroup(world)}/v1/namespaces/${world.namespace}/things`;
}

export function thing(world: World, name: string, spec: object = {}) {
  return { apiVersion: `${thingGroup(world)}/v1`, kind: 'Thing', metadata: { name }, spec };
}

/** Things in a group of the behaviour's own. Resolves when they are served. */
export async function thingDefinition(world: World): Promise<void> {
  const { admin, cleanUp, eventually } = world;
  const group = thingGroup(world);
  const properties = {
    spec: {
      type: 'object',
      properties: { color: { type: 'string', description: 'Its color.' }, size: { type: 'integer' } },
    },
    status: { type: 'object', properties: { size: { type: 'integer' } } },
  };
  const v1 = {
    ...{ name: 'v1', served: true, storage: true },
    subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
    selectableFields: [{ jsonPath: '.spec.color' }],
    additionalPrinterColumns: [
      { name: 'Color', type: 'string', jsonPath: '.spec.color' },
      { name: 'Size', type: 'integer', jsonPath: '.spec.size', priority: 1 },
    ],
    schema: { openAPIV3Schema: { type: 'object', description: 'A thing.', properties } },
  };
  const { code, body } = await admin.post(DEFINITIONS, {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: `things.${group}` },
    spec: {
      ...{ group, scope: 'Namespaced' },
      names: { plural: 'things', kind: 'Thing', shortNames: ['th'], categories: ['all', 'examples'] },
      versions: [
        v1,
        { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
      ],
    },
  });
  assert.equal(code, 201, JSON.stringify(body));
  cleanUp(() => admin.delete(`${DEFINITIONS}/things.${group}`));
  await eventually(async () => assert.equal((await admin.get(things(world))).code, 200));
}
