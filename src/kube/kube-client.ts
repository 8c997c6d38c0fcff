import type { CallOptions, KubeClient, ListPage, ListQuery, WatchEvent, WatchQuery } from './client.ts';
import { isMissing } from './errors.ts';
import type { KubeObject, ObjectName, Resource } from './objects.ts';
import { collectionPath, objectPath } from './path.ts';
import type { Call, Transport } from './transport.ts';
import { parseWatchEvent } from './watch-event.ts';
import { lines } from './watch-lines.ts';

export interface KubeClientOptions {
  /**
   * A watch that is silent for this long throws `Timeout`. An API server sends a bookmark about each minute, so this
   * is longer. Default 2 minutes.
   */
  watchInactivityMs?: number;
}

const STRICT = { fieldValidation: 'Strict' };

/** Typed calls over a transport; see {@link KubeClient}. */
export function createKubeClient(transport: Transport, options: KubeClientOptions = {}): KubeClient {
  const { watchInactivityMs = 120_000 } = options;

  async function call<R>(call: Call): Promise<R> {
    return (await transport.call(call)) as R;
  }

  async function* watch<T extends KubeObject>(
    resource: Resource<T>,
    { namespace, ...query }: WatchQuery,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    const path = collectionPath(resource, namespace, { ...query, watch: true, allowWatchBookmarks: true });
    for await (const line of lines(transport.stream(path, watchInactivityMs, signal))) yield parseWatchEvent<T>(line);
  }

  return {
    watch,

    async get<T extends KubeObject>(resource: Resource<T>, name: ObjectName, { signal }: CallOptions = {}) {
      const path = objectPath(resource, name);
      return call<T>({ method: 'GET', path, idempotent: true, signal }).catch(absent(name));
    },

    async list<T extends KubeObject>(
      resource: Resource<T>,
      { namespace, ...query }: ListQuery & { limit?: number; continue?: string },
      { signal }: CallOptions = {},
    ) {
      const path = collectionPath(resource, namespace, query);
      return page(resource, await call<ListAnswer<T>>({ method: 'GET', path, idempotent: true, signal }));
    },

    async create(resource, body, { dryRun, signal } = {}) {
      const path = collectionPath(resource, namespaceOf(resource, body), { ...STRICT, ...dry(dryRun) });
      return call({ method: 'POST', path, body, signal });
    },

    async replace(resource, body, { subresource, dryRun, signal } = {}) {
      const { name, resourceVersion } = body.metadata;
      if (!resourceVersion) throw new TypeError(`${resource.kind} ${name} has no resourceVersion`);
      const path = objectPath(resource, body.metadata, subresource, { ...STRICT, ...dry(dryRun) });
      // Not idempotent: sent twice, the second comes too late for its own first.
      return call({ method: 'PUT', path, body, signal });
    },

    async apply(resource, body, { fieldManager, force, subresource, dryRun, signal }) {
      const query = { fieldManager, force, ...STRICT, ...dry(dryRun) };
      const path = objectPath(resource, body.metadata, subresource, query);
      return call({ ...patch('apply-patch+yaml'), path, body, idempotent: true, signal });
    },

    async jsonPatch(resource, name, body, { subresource, dryRun, signal } = {}) {
      const path = objectPath(resource, name, subresource, dry(dryRun));
      return call({ ...patch('json-patch+json'), path, body, signal });
    },

    async mergePatch(resource, name, body, { subresource, dryRun, signal } = {}) {
      const path = objectPath(resource, name, subresource, dry(dryRun));
      return call({ ...patch('merge-patch+json'), path, body, idempotent: true, signal });
    },

    async delete(resource, name, { uid, resourceVersion, propagation, gracePeriodSeconds, dryRun, signal } = {}) {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...((uid || resourceVersion) && {
          preconditions: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
        }),
        propagationPolicy: propagation,
        gracePeriodSeconds,
        // Here, as the API server does not look at the query of a DELETE that has a body.
        ...(dryRun && { dryRun: ['All'] }),
      };
      const path = objectPath(resource, name);
      const answer = await call({ method: 'DELETE', path, body, idempotent: true, signal }).catch(absent(name));
      return answer !== undefined;
    },

    async createSubresource(resource, name, subresource, body, { signal } = {}) {
      return call({ method: 'POST', path: objectPath(resource, name, subresource), body, signal });
    },
  };
}

function patch(type: string) {
  return { method: 'PATCH', contentType: `application/${type}` } as const;
}

function dry(dryRun: boolean | undefined) {
  return { dryRun: dryRun ? 'All' : undefined };
}

/** Only a 404 that names the object says that it is missing; any other, that the server does not know the type. */
function absent({ name }: ObjectName): (error: unknown) => undefined {
  return (error) => {
    if (!isMissing(error, name)) throw error;
  };
}

function namespaceOf(resource: Resource, object: KubeObject): string | undefined {
  const { namespace, name } = object.metadata;
  if (resource.namespaced && !namespace) throw new TypeError(`${resource.kind} ${name} has no namespace`);
  return namespace;
}

interface ListAnswer<T> {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: T[] | null;
}

/** Items of the built-in kinds come without their apiVersion and kind. */
function page<T extends KubeObject>(resource: Resource<T>, answer: ListAnswer<T>): ListPage<T> {
  const apiVersion = resource.group ? `${resource.group}/${resource.version}` : resource.version;
  const items = (answer.items ?? []).map((item) => ({ ...item, apiVersion, kind: resource.kind }));
  const { resourceVersion = '', continue: next } = answer.metadata ?? {};
  return { items, resourceVersion, ...(next && { continue: next }) };
}
