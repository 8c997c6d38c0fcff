/** OpenAPI v3, one document per group and version: what `kubectl explain` and `kubectl apply` read. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import type { Registry } from '../registry/registry.ts';
import { operations } from './operations.ts';
import { SchemaNames } from './schema-names.ts';
import { GIT_VERSION } from './version.ts';

/** `/openapi/v3`: where the documents are, each with a hash that changes with it. */
export function openApiIndex(registry: Registry): JsonObject {
  const paths: JsonObject = {};
  for (const [group, versions] of registry.groups()) {
    for (const version of versions) {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      const hash = createHash('sha256').update(`${GIT_VERSION} ${path} ${registry.revision}`).digest('hex');
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash.toUpperCase()}` };
    }
  }
  return { paths };
}

/** `undefined` when there is no such version. */
export function openApiV3(registry: Registry, group: string, version: string): JsonObject | undefined {
  const resources = registry.inGroupVersion(group, version);
  if (resources.length === 0) return undefined;
  const names = new SchemaNames('#/components/schemas/');
  const paths = Object.assign({}, ...resources.map((resource) => operations(resource, names))) as JsonObject;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: GIT_VERSION },
    paths,
    components: { schemas: names.schemas() },
  };
}
