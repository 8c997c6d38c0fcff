/** Plain discovery: which groups, versions and resources there are. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { groupVersion } from '../base/kube-object.ts';
import type { Registry } from '../registry/registry.ts';
import type { OtherSubresource, Resource } from '../registry/resource.ts';

/** The same verbs in the order that custom resources have them in. */
export const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

/** `/api` */
export function coreVersions(): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `/apis` */
export function groupList(registry: Registry): JsonObject {
  const names = [...registry.groups().keys()].filter((name) => name !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: names.map((name) => group(registry, name) ?? {}) };
}

/** `/apis/GROUP`, `undefined` when there is no such group. */
export function groupDocument(registry: Registry, name: string): JsonObject | undefined {
  const found = group(registry, name);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...found };
}

function group(registry: Registry, name: string): JsonObject | undefined {
  const versions = registry
    .groups()
    .get(name)
    ?.map((version) => ({ groupVersion: groupVersion(name, version), version }));
  if (!versions?.[0]) return undefined;
  return { name, versions, preferredVersion: versions[0] };
}

/** `/api/v1` and `/apis/GROUP/VERSION`, `undefined` when there is no such version. */
export function resourceList(registry: Registry, name: string, version: string): JsonObject | undefined {
  const resources = registry.inGroupVersion(name, version);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(name, version),
    resources: resources.flatMap((resource) => [mainEntry(resource), ...subresourceEntries(resource)]),
  };
}

function mainEntry(resource: Resource): JsonObject {
  return {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: resource.custom ? CUSTOM_VERBS : [...resource.verbs],
    ...(resource.verbs.includes('get') ? { storageVersionHash: storageHash(resource) } : {}),
    ...(resource.shortNames.length > 0 ? { shortNames: [...resource.shortNames] } : {}),
    ...(resource.categories.length > 0 ? { categories: [...resource.categories] } : {}),
  };
}

/** Changes with the version that objects are stored in. */
function storageHash({ storedAs, kind }: Resource): string {
  const version = storedAs.includes('/') ? storedAs : `/${storedAs}`;
  return createHash('sha256').update(`${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}

function subresourceEntries(resource: Resource): JsonObject[] {
  return subresourcesOf(resource).map(({ name, kind, group: ofGroup, version, verbs }) => ({
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    kind,
    verbs: [...verbs],
    ...(ofGroup ? { group: ofGroup, version } : {}),
  }));
}

export function subresourcesOf(resource: Resource): OtherSubresource[] {
  const verbs = ['get', 'patch', 'update'] as const;
  const status = resource.hasStatus ? [{ name: 'status', kind: resource.kind, verbs }] : [];
  const scale = resource.scale ? [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs }] : [];
  // Built-in ones are told by name.
  if (resource.custom) return [...status, ...scale];
  return [...status, ...scale, ...resource.others].sort((a, b) => (a.name < b.name ? -1 : 1));
}
