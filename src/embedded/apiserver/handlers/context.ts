/** What every handler is given: the server's parts, and the request at hand. */
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Clock } from '../../../runtime/clock.ts';
import type { Authorizer } from '../auth/authorizer.ts';
import type { ServiceAccountTokens } from '../auth/service-account-tokens.ts';
import type { User } from '../auth/user.ts';
import type { JsonValue } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Registry } from '../registry/registry.ts';
import type { Resource } from '../registry/resource.ts';
import type { BuiltinSchemas } from '../schema/builtin-schemas.ts';
import type { Schema } from '../schema/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE';

interface AdmissionRequest {
  operation: Operation;
  resource: { group: string; version: string; plural: string; kind: string };
  subresource: string | undefined;
  /** The object as it will be stored; for a delete, as it is. Must not be changed in place. */
  object: StoredObject;
  oldObject: StoredObject | undefined;
  user: User;
  dryRun: boolean;
}

/** Returns another object to store instead, or nothing. Throws `KubeStatusError` to refuse. Must not wait. */
export type Admission = (request: AdmissionRequest) => StoredObject | undefined;

interface PodLogOptions {
  container: string | undefined;
  follow: boolean;
  tailLines: number | undefined;
}

export type PodLogs = (namespace: string, name: string, options: PodLogOptions) => Promise<Readable>;

/** What administrators have the server refuse. */
interface Policies {
  /**
   * @param object absent for a delete
   * @param oldObject absent for what is new
   * @throws KubeStatusError when a policy denies the write
   */
  enforce(
    request: ResourceRequest,
    operation: Operation,
    object: StoredObject | undefined,
    oldObject: StoredObject | undefined,
  ): void;
}

export interface Server {
  store: ObjectStore;
  registry: Registry;
  clock: Clock;
  log: Logger;
  admission: readonly Admission[];
  policies: Policies;
  authorizer: Authorizer;
  tokens: ServiceAccountTokens;
  podLogs: PodLogs | undefined;
  schemas: BuiltinSchemas;
  /** Schema of `metadata`, for objects embedded in others. */
  metadataSchema: Schema;
  /** Aborted when the server closes. */
  closing: AbortSignal;
}

export interface ResourceRequest {
  resource: Resource;
  namespace: string | undefined;
  name: string | undefined;
  subresource: string | undefined;
  user: User;
  query: URLSearchParams;
  userAgent: string;
  accept: string;
  /** What the body is said to be, without parameters. */
  contentType: string;
  body: JsonValue | undefined;
  /** The body as it came, where it is text. */
  text: string | undefined;
  /** Collected by the handlers, sent as `Warning` headers. */
  warnings: string[];
  /** Aborted when the client is gone. */
  signal: AbortSignal;
}

export interface Answer {
  code: number;
  /** An object or list to send in the form that was asked for. */
  object?: StoredObject;
  list?: {
    items: StoredObject[];
    resourceVersion: string;
    continue?: string | undefined;
    remaining?: number | undefined;
  };
  /** JSON to send as it is. */
  json?: JsonValue;
}
