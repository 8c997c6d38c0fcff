/** The operations of one resource for an OpenAPI document. */
import type { JsonObject } from '../base/json.ts';
import type { Resource } from '../registry/resource.ts';
import type { SchemaNames } from './schema-names.ts';

const PATCHES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

export function operations(resource: Resource, names: SchemaNames): JsonObject {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const collection = `${root}${resource.namespaced ? '/namespaces/{namespace}' : ''}/${resource.plural}`;
  const reference = names.kind(resource);
  const at = (methods: string[], list: boolean) =>
    Object.fromEntries(methods.map((method) => [method, operation(resource, method, list, reference)]));
  if (!resource.verbs.includes('get')) return { [collection]: at(['post'], true) };
  const part = (name: string) => ({ [`${collection}/{name}/${name}`]: at(['get', 'put', 'patch'], false) });
  return {
    [collection]: at(['get', 'post', 'delete'], true),
    [`${collection}/{name}`]: at(['get', 'put', 'patch', 'delete'], false),
    ...(resource.hasStatus && part('status')),
    ...(resource.scale && part('scale')),
    ...(resource.namespaced && { [`${root}/${resource.plural}`]: at(['get'], true) }),
  };
}

function operation(resource: Resource, method: string, list: boolean, reference: JsonObject): JsonObject {
  const { group, version, kind } = resource;
  const writes = method === 'post' || method === 'put' || method === 'patch';
  const action = actionOf(method, list);
  const media = method === 'patch' ? PATCHES : ['application/json'];
  const content = Object.fromEntries(
    media.map((type) => [type, { schema: method === 'patch' ? { type: 'object' } : reference }]),
  );
  return {
    tags: [group === '' ? `core_${version}` : `${group}_${version}`],
    operationId: `${action}${group.replaceAll(/\W/g, '')}${version}${list && method === 'get' ? 'List' : ''}${kind}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: parameters(method, writes),
    ...(writes ? { requestBody: { required: true, content } } : {}),
    responses: {
      200: {
        description: 'OK',
        content: { 'application/json': { schema: list && method === 'get' ? { type: 'object' } : reference } },
      },
    },
  };
}

function actionOf(method: string, list: boolean): string {
  if (list && method === 'get') return 'list';
  return list && method === 'delete' ? 'deletecollection' : method;
}

function parameters(method: string, writes: boolean): JsonObject[] {
  const names = [
    ...(writes || method === 'delete' ? ['dryRun'] : []),
    ...(writes ? ['fieldManager', 'fieldValidation'] : []),
    ...(method === 'patch' ? ['force'] : []),
  ];
  return names.map((name) => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }));
}
