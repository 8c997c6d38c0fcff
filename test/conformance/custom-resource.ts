import assert from 'node:assert/strict';
import type { Answer, Json } from './api-caller.ts';
import type { World } from './behaviour.ts';

export const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const text = { type: 'string' };
export const integer = { type: 'integer' };

export interface CustomKind {
  group: string;
  /** Of its objects in the behaviour's namespace, in version v1. */
  path: string;
  /** Of the definition. */
  definition: string;
  object(name: string, members?: object): Json;
}

interface DefinitionOptions {
  plural?: string;
  /** More of `spec.names`. */
  names?: object;
  /** More of version v1. */
  version?: object;
  /** All versions, instead of v1 with the schema. */
  versions?: object[];
  /** More of `spec`. */
  spec?: object;
}

/** A schema whose `spec` has these properties; its `status` is free. */
export function specSchema(properties: object, more: object = {}): object {
  const status = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return { type: 'object', properties: { spec: { type: 'object', properties, ...more }, status } };
}

/** Asks for the definition of a kind of the behaviour's own; it goes at the end. */
export async function askToDefine(
  { admin, unique, namespace, cleanUp }: World,
  schema: object,
  options: DefinitionOptions = {},
): Promise<CustomKind & { answer: Answer }> {
  const plural = options.plural ?? 'widgets';
  const group = `${unique}.example.com`;
  const name = `${plural}.${group}`;
  const names = { plural, kind: 'Widget', ...options.names };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...options.version };
  const answer = await admin.post(DEFINITIONS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: { group, scope: 'Namespaced', names, versions: options.versions ?? [version], ...options.spec },
  });
  cleanUp(() => admin.delete(`${DEFINITIONS}/${name}`));
  return {
    answer,
    group,
    path: `/apis/${group}/v1/namespaces/${namespace}/${plural}`,
    definition: `${DEFINITIONS}/${name}`,
    object: (own, members) => ({ apiVersion: `${group}/v1`, kind: names.kind, metadata: { name: own }, ...members }),
  };
}

/** Defines a kind and waits until it is served. */
export async function define(world: World, schema: object, options?: DefinitionOptions): Promise<CustomKind> {
  const { answer, ...kind } = await askToDefine(world, schema, options);
  assert.equal(answer.code, 201, JSON.stringify(answer.body));
  await world.eventually(async () => assert.equal((await world.admin.get(kind.path)).code, 200));
  return kind;
}

/**
 * Makes an object of a kind that is new. By an apply: the API server answers other creations of a new kind only after
 * two seconds, so that all of its replicas know it.
 */
export async function make({ admin }: World, kind: CustomKind, name: string, members?: object): Promise<Json> {
  const answer = await admin.apply(`${kind.path}/${name}?fieldManager=maker`, kind.object(name, members));
  assert.equal(answer.code, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** Returns a function that asks, by a dry run of an update, whether an object may have this spec. */
export async function specChecker(world: World, kind: CustomKind): Promise<(spec: unknown) => Promise<Answer>> {
  const { metadata } = await make(world, kind, 'checked');
  const path = `${kind.path}/checked?dryRun=All`;
  const { resourceVersion } = metadata;
  return (spec) =>
    world.admin.put(path, kind.object('checked', { metadata: { name: 'checked', resourceVersion }, spec }));
}

/** Gives version v1 another schema. It takes a moment until the API server goes by it. */
export async function redefine({ admin }: World, { definition }: CustomKind, schema: object): Promise<void> {
  const change = [{ op: 'replace', path: '/spec/versions/0/schema/openAPIV3Schema', value: schema }];
  const { code, body } = await admin.jsonPatch(definition, change);
  assert.equal(code, 200, JSON.stringify(body));
}
