/** What a method and a path ask for, read the way the API server reads them. */

export interface ResourceTarget {
  group: string;
  version: string;
  namespace: string | undefined;
  plural: string;
  name: string | undefined;
  subresource: string | undefined;
}

const METHOD_VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

/** `undefined` for a path that names no resource: discovery, health and the like. */
export function resourceTarget(path: string): ResourceTarget | undefined {
  const parts = path.replace(/\/$/, '').split('/').slice(1).map(decodePart);
  const isCore = parts[0] === 'api';
  if (!isCore && parts[0] !== 'apis') return undefined;
  const [group, version, ...rest] = isCore ? ['', ...parts.slice(1)] : parts.slice(1);
  if (group === undefined || version === undefined || rest.length === 0 || rest[0] === '') return undefined;
  // /namespaces/x is the object; /namespaces/x/pods is a resource in it, but status and finalize are its own parts.
  const isOwnPart = rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize');
  if (rest[0] === 'namespaces' && rest.length >= 3 && !isOwnPart) {
    const [, namespace, plural = '', name, subresource] = rest;
    return { group, version, namespace, plural, name, subresource };
  }
  const [plural = '', name, subresource] = rest;
  return { group, version, namespace: undefined, plural, name, subresource };
}

export function verbOf(method: string, hasName: boolean, isWatch: boolean): string | undefined {
  if (method === 'GET') {
    if (isWatch) return 'watch';
    return hasName ? 'get' : 'list';
  }
  if (method === 'DELETE') return hasName ? 'delete' : 'deletecollection';
  return METHOD_VERBS[method];
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
