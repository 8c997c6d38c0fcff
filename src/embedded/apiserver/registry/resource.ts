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
  /** `old` is the object before an update. What the client should know although it is no error is added to `warnings`. */
  validate?(object: StoredObject, old: StoredObject | undefined, warnings: string[]): FieldError[];
  validateUpdate?(object: StoredObject, old: StoredObject): FieldError[];
  /** Clients may give a status when they create one. */
  takesStatus?: boolean;
  /** When its deletion begins. */
  prepareDelete?(draft: StoredObject): void;
  /** How long the object may linger after a delete, in seconds. Absent: it goes at once. */
  graceSeconds?(object: StoredObject, asked: number | undefined): number;
}

/** Between the form an object is stored in and the one it has in this version. */
export interface Conversion {
  toStored(object: StoredObject): StoredObject;
  fromStored(object: StoredObject): StoredObject;
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
  /** Absent: the versions differ in their name only. */
  readonly conversion: Conversion | undefined;
  readonly schema: Schema;
  /** Defined by a CustomResourceDefinition. */
  readonly custom: boolean;
  /** What clients of a version that is going away are told. */
  readonly deprecation?: string | undefined;
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

/** An object as this version shows it, whatever it is stored as. */
export function inVersion(object: StoredObject, resource: Resource): StoredObject {
  const apiVersion = apiVersionOf(resource);
  if (object.apiVersion === apiVersion) return object;
  return resource.conversion ? resource.conversion.fromStored(object) : { ...object, apiVersion };
}

export function asStored(object: StoredObject, resource: Resource): StoredObject {
  if (object.apiVersion === resource.storedAs) return object;
  return resource.conversion ? resource.conversion.toStored(object) : { ...object, apiVersion: resource.storedAs };
}

export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
