/** Aggregated discovery: everything in two documents. */
import type { JsonObject } from '../base/json.ts';
import type { Registry } from '../registry/registry.ts';
import type { Resource } from '../registry/resource.ts';
import { subresourcesOf } from './discovery.ts';

/** The core group alone for `/api`, all others for `/apis`. */
export function aggregatedGroups(registry: Registry, which: 'core' | 'others', version: string): JsonObject {
  const groups = [...registry.groups()].filter(([name]) => (name === '') === (which === 'core'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: { name, creationTimestamp: null },
      versions: versions.map((each) => ({
        version: each,
        resources: registry.inGroupVersion(name, each).map(resourceEntry),
        freshness: 'Current',
      })),
    })),
  };
}

function resourceEntry(resource: Resource): JsonObject {
  return {
    resource: resource.plural,
    responseKind: { group: resource.group, version: resource.version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: [...resource.verbs],
    ...(resource.shortNames.length > 0 ? { shortNames: [...resource.shortNames] } : {}),
    ...(resource.categories.length > 0 ? { categories: [...resource.categories] } : {}),
    subresources: subresourcesOf(resource).map(({ name, kind, group, version, verbs }) => ({
      subresource: name,
      responseKind: { group: group ?? resource.group, version: version ?? resource.version, kind },
      verbs: [...verbs],
    })),
  };
}
