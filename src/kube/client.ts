import type { KubeObject, ObjectName, Resource } from './objects.ts';

export interface CallOptions {
  /** Ends the call early. Every call has a deadline of its own besides. */
  signal?: AbortSignal;
}

export interface ListQuery {
  /** Absent: all namespaces (or a cluster-scoped resource). */
  namespace?: string | undefined;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface ListPage<T> {
  items: T[];
  resourceVersion: string;
  continue?: string;
}

export type WatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; resourceVersion: string };

export interface WatchQuery extends ListQuery {
  resourceVersion: string;
  /** The server ends the watch after this many seconds. */
  timeoutSeconds: number;
}

export interface WriteOptions extends CallOptions {
  /** Everything is checked and answered as if it were done, and nothing is stored. */
  dryRun?: boolean;
}

interface ApplyOptions extends WriteOptions {
  fieldManager: string;
  force?: boolean;
  subresource?: 'status';
}

interface PatchOptions extends WriteOptions {
  subresource?: 'status' | 'scale';
}

interface ReplaceOptions extends WriteOptions {
  subresource?: 'status';
}

interface DeleteOptions extends WriteOptions {
  /** The delete is refused with 409 when the object of this name has another uid by now. */
  uid?: string;
  /** And so it is when the object has changed since. */
  resourceVersion?: string;
  propagation?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
}

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'test';
  path: string;
  value?: unknown;
}

/**
 * Typed calls on raw JSON. Every call throws `KubeError` when the API server refuses it (its `code`, `reason`, message
 * and causes kept) and when it can't be reached (`isNetworkFailure`); each has a deadline of its own. What a 429 refused
 * is sent again, and what may be done twice is so after failures of the server, where the server says after how long.
 */
export interface KubeClient {
  /** `undefined` when there is no object of that name; a type that the server does not know throws. */
  get<T extends KubeObject>(resource: Resource<T>, name: ObjectName, options?: CallOptions): Promise<T | undefined>;
  /** One page. */
  list<T extends KubeObject>(
    resource: Resource<T>,
    query: ListQuery & { limit?: number; continue?: string },
    options?: CallOptions,
  ): Promise<ListPage<T>>;
  /** The namespace is taken from the object. Sent with `fieldValidation=Strict`. */
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /**
   * Puts the object in the place of the one whose `resourceVersion` it carries; throws 409 when that has changed.
   * Strict, as `create` is.
   */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: ReplaceOptions): Promise<T>;
  /** Server-side apply. */
  apply<T extends KubeObject>(
    resource: Resource<T>,
    object: Partial<T> & KubeObject,
    options: ApplyOptions,
  ): Promise<T>;
  jsonPatch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    operations: JsonPatchOperation[],
    options?: PatchOptions,
  ): Promise<T>;
  mergePatch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: object,
    options?: PatchOptions,
  ): Promise<T>;
  /** False when there is no object of that name; a type that the server does not know throws. */
  delete(resource: Resource, name: ObjectName, options?: DeleteOptions): Promise<boolean>;
  /** POST to a subresource, such as `token` of a ServiceAccount or `binding` of a Pod. */
  createSubresource<R>(
    resource: Resource,
    name: ObjectName,
    subresource: string,
    body: object,
    options?: CallOptions,
  ): Promise<R>;
  /** One watch request; ends when the server ends it. An in-stream ERROR throws `KubeError` (410 included). */
  watch<T extends KubeObject>(
    resource: Resource<T>,
    query: WatchQuery,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<T>>;
}
