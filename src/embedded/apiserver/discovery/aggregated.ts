/** Aggregated discovery: everything in two documents. */
import type { JsonObject } from '../base/json.ts';
import type { Registry } from '../registry/registry.ts';
import type { Resource } from '../registry/resource.ts';
import { CUSTOM_VERBS, subresourcesOf } from './discovery.ts';

/** The core group alone for `/api`, all others for `/apis`. */
export function aggregatedGroups(registry: Registry, which: 'core' | 'others', version: string): JsonObject {
  const groups = [...registry.groups()].filter(([name]) => (name === '') === (which === 'core'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((each) => ({
        version: each,
        resources: registry.inGroupVersion(name, each).map(resourceEntry),
        freshness: 'Current',
      })),
    })),
  };
}

function resourceEntry(resource: Resource): JsonObject {
  const subresources = subresourcesOf(resource);
  // The kinds of built-in resources are in the group and version that they stand below.
  const own = resource.custom ? { group: resource.group, version: resource.version } : { group: '', version: '' };
  return {
    resource: resource.plural,
    responseKind: { ...own, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.custom ? CUSTOM_VERBS : [...resource.verbs],
    ...(resource.shortNames.length > 0 ? { shortNames: [...resource.shortNames] } : {}),
    ...(resource.categories.length > 0 ? { categories: [...resource.categories] } : {}),
    ...(subresources.length > 0 && {
      subresources: subresources.map(({ name, kind, group, version, verbs }) => ({
        subresource: name,
        responseKind: { ...(group && version ? { group, version } : own), kind },
        verbs: [...verbs],
      })),
    }),
  };
}
