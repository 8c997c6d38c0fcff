/** Everything that is asked for by a path and not as a resource. */
import type { JsonObject } from '../base/json.ts';
import { aggregatedDiscovery } from '../http/negotiate.ts';
import type { Registry } from '../registry/registry.ts';
import { aggregatedGroups } from './aggregated.ts';
import { coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { openApiV2 } from './openapi-v2.ts';
import { openApiIndex, openApiV3 } from './openapi-v3.ts';
import { versionInfo } from './version.ts';

export interface PathAnswer {
  json?: JsonObject;
  text?: string;
  contentType?: string;
}

/** `undefined` when there is nothing at the path. */
export function answerPath(registry: Registry, path: string, accept: string): PathAnswer | undefined {
  const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (/^\/(healthz|livez|readyz)(\/ping)?$/.test(clean)) return { text: 'ok' };
  const json = (value: JsonObject | undefined) => (value ? { json: value } : undefined);
  switch (clean) {
    case '/version':
      return json(versionInfo());
    case '/api':
    case '/apis':
      return discoveryRoot(registry, clean, accept);
    case '/openapi/v2':
      return json(openApiV2(registry));
    case '/openapi/v3':
      return json(openApiIndex(registry));
    case '/':
      return json({
        paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/openapi/v2', '/openapi/v3', '/readyz', '/version'],
      });
  }
  const [, root, first = '', second, ...rest] = clean.split('/');
  if (root === 'openapi') return json(openApiDocument(registry, clean));
  if (rest.length > 0) return undefined;
  if (root === 'api' && second === undefined) return json(resourceList(registry, '', first));
  if (root !== 'apis' || first === '') return undefined;
  return json(second === undefined ? groupDocument(registry, first) : resourceList(registry, first, second));
}

function discoveryRoot(registry: Registry, path: string, accept: string): PathAnswer {
  const version = aggregatedDiscovery(accept);
  if (!version) return { json: path === '/api' ? coreVersions() : groupList(registry) };
  return {
    json: aggregatedGroups(registry, path === '/api' ? 'core' : 'others', version),
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
  };
}

function openApiDocument(registry: Registry, path: string): JsonObject | undefined {
  const core = /^\/openapi\/v3\/api\/(v1)$/.exec(path);
  if (core) return openApiV3(registry, '', 'v1');
  const named = /^\/openapi\/v3\/apis\/([^/]+)\/([^/]+)$/.exec(path);
  return named?.[1] && named[2] ? openApiV3(registry, named[1], named[2]) : undefined;
}
