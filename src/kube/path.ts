import type { ObjectName, Resource } from './objects.ts';

type Query = Record<string, string | number | boolean | undefined>;

/**
 * The path of one object, or of one of its subresources.
 * @throws TypeError when the namespace is missing, or a part is no name
 */
export function objectPath(resource: Resource, name: ObjectName, subresource?: string, query: Query = {}): string {
  if (resource.namespaced && !name.namespace) throw new TypeError(`${resource.kind} ${name.name} has no namespace`);
  const parts = [collection(resource, name.namespace), segment(name.name)];
  if (subresource) parts.push(segment(subresource));
  return parts.join('/') + queryString(query);
}

/** The path of all objects of a kind, in one namespace or (absent) in all. */
export function collectionPath(resource: Resource, namespace: string | undefined, query: Query = {}): string {
  return collection(resource, namespace) + queryString(query);
}

function collection(resource: Resource, namespace: string | undefined): string {
  const root = resource.group ? `/apis/${segment(resource.group)}` : '/api';
  const within = resource.namespaced && namespace ? `/namespaces/${segment(namespace)}` : '';
  return `${root}/${segment(resource.version)}${within}/${segment(resource.plural)}`;
}

/** Dots alone would walk up the path. */
function segment(part: string): string {
  if (part === '' || part === '.' || part === '..') throw new TypeError(`"${part}" is no name of an API object`);
  return encodeURIComponent(part);
}

function queryString(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size > 0 ? `?${search}` : '';
}
