/** What the server knows about one resource in one version: how it is addressed, what it looks like, how it behaves. */
import type { FieldError } from '../base/field-error.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Schema } from '../schema/schema.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { Column } from '../tables/column.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

export interface BehaviourContext {
  store: ObjectStore;
  /** RFC 3339. */
  now: string;
}

/** What a kind does beyond what its schema says. Functions that fill or prepare change the draft they are given. */
export interface Behaviour {
  fillDefaults?(draft: StoredObject): void;
  prepareCreate?(draft: StoredObject, context: BehaviourContext): void;
  prepareUpdate?(draft: StoredObject, old: StoredObject, context: BehaviourContext): void;
  /** `old` is the object before an update. */
  validate?(object: StoredObject, old: StoredObject | undefined): FieldError[];
  validateUpdate?(object: StoredObject, old: StoredObject): FieldError[];
  /** How long the object may linger after a delete, in seconds. Absent: it goes at once. */
  graceSeconds?(object: StoredObject, asked: number | undefined): number;
}

export interface ScalePaths {
  specReplicas: readonly string[];
  statusReplicas: readonly string[];
  /** A selector as text, or as a LabelSelector object. */
  selector: readonly string[] | undefined;
}

export type NameRule = 'subdomain' | 'label' | 'service' | 'path';

export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly Verb[];
  /** All versions of a resource share one collection of objects. */
  readonly storageKey: string;
  /** `apiVersion` of the objects in the collection. */
  readonly storedAs: string;
  readonly schema: Schema;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean;
  readonly hasStatus: boolean;
  readonly hasGeneration: boolean;
  readonly scale: ScalePaths | undefined;
  /** Subresources beside status and scale, with the kind and the verbs of each. */
  readonly others: readonly OtherSubresource[];
  readonly nameRule: NameRule;
  readonly behaviour: Behaviour;
  readonly columns: readonly Column[];
  readonly selectableFields: readonly string[];
}

export interface OtherSubresource {
  name: string;
  kind: string;
  group?: string;
  version?: string;
  verbs: readonly Verb[];
}

export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
