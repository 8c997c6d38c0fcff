/** OpenAPI v2: only the kinds, for clients that look there before they look at v3. */
import type { JsonObject } from '../base/json.ts';
import type { Registry } from '../registry/registry.ts';
import { SchemaNames } from './schema-names.ts';
import { GIT_VERSION } from './version.ts';

export function openApiV2(registry: Registry): JsonObject {
  const names = new SchemaNames('#/definitions/');
  for (const resource of registry.all()) names.kind(resource);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: GIT_VERSION },
    paths: {},
    definitions: names.schemas(),
  };
}
