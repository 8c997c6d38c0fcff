/** CustomResourceDefinitions at work: what they define is served while they are there, and goes with them. */
import { decodeManagers, encodeManagers } from '../apply/managers.ts';
import { ownersAfterUpdate } from '../apply/ownership.ts';
import { asObject, clone, equal, type JsonObject } from '../base/json.ts';
import { conditionsOf, finalizersOf, isEnding, type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import { CLEANUP_FINALIZER } from '../kinds/custom-resource-definitions.ts';
import { fillDefaults } from '../schema/defaults.ts';
import { prune } from '../schema/prune.ts';
import type { Schema } from '../schema/schema.ts';
import type { Collection, StoreEvent } from '../storage/collection.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type CustomKinds, customResources } from './custom.ts';
import { acceptedNames, isEstablished } from './custom-names.ts';
import type { Registry } from './registry.ts';

export interface CustomLifecycle {
  store: ObjectStore;
  registry: Registry;
  kinds: CustomKinds;
  /** RFC 3339. */
  now(): string;
  /** Starts the end of one object of a resource that is going away. */
  remove(storageKey: string, object: StoredObject): void;
}

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** Returns the function that stops it. */
export function serveCustomResources(lifecycle: CustomLifecycle): () => void {
  const { store, registry } = lifecycle;
  const next = (event: StoreEvent) => {
    const storageKey = event.object.metadata.name ?? '';
    if (event.type === 'DELETED') {
      registry.replace(storageKey, []);
      store.drop(storageKey);
      // Its names are free for those who wait for them.
      queueMicrotask(() => establishOthers(lifecycle, event.object));
    } else if (isEnding(event.object)) {
      queueMicrotask(() => cleanUp(lifecycle, event.object));
    } else if (!event.previous || specChanged(event)) {
      serve(lifecycle, event.object);
      queueMicrotask(() => establish(lifecycle, storageKey));
    }
  };
  return store.collection(DEFINITIONS).subscribe({ next, end: () => {} });
}

function serve(lifecycle: CustomLifecycle, definition: StoredObject): void {
  const { store, registry, kinds } = lifecycle;
  const { conflict } = acceptedNames(definition, othersOfGroup(lifecycle, definition));
  if (conflict && !isEstablished(definition)) return;
  const storageKey = definition.metadata.name ?? '';
  const resources = customResources(definition, kinds);
  registry.replace(storageKey, resources);
  const stored = resources.find(({ version, group, storedAs }) => storedAs === `${group}/${version}`);
  if (stored) store.collection(storageKey).rewrite((object) => asSchemaHas(object, stored.schema, kinds.metadata));
}

/** What is stored is shown as the schema has it now: without fields that went, with new defaults. */
function asSchemaHas(object: StoredObject, schema: Schema, metadata: Schema): StoredObject {
  const next = prune(object, schema, metadata).object as StoredObject;
  fillDefaults(next, schema);
  return equal(next, object) ? object : next;
}

function othersOfGroup({ store }: CustomLifecycle, definition: StoredObject): StoredObject[] {
  return store
    .collection(DEFINITIONS)
    .list()
    .filter(({ metadata, spec }) => {
      return metadata.name !== definition.metadata.name && asObject(spec).group === specOf(definition).group;
    });
}

function establishOthers(lifecycle: CustomLifecycle, gone: StoredObject): void {
  for (const other of othersOfGroup(lifecycle, gone)) {
    if (isEstablished(other) || isEnding(other)) continue;
    serve(lifecycle, other);
    establish(lifecycle, other.metadata.name ?? '');
  }
}

/** Says in the definition's status that it is served, or why not. */
function establish(lifecycle: CustomLifecycle, name: string): void {
  const definition = lifecycle.store.collection(DEFINITIONS).get(undefined, name);
  if (!definition || isEnding(definition)) return;
  const { names, conflict } = acceptedNames(definition, othersOfGroup(lifecycle, definition));
  const next = clone(definition);
  const accepted = conflict
    ? condition('NamesAccepted', 'False', conflict.reason, conflict.message)
    : condition('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found');
  setCondition(next, accepted, lifecycle.now());
  if (!isEstablished(definition)) {
    const established = conflict
      ? condition('Established', 'False', 'NotAccepted', 'not all names are accepted')
      : condition('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
    setCondition(next, established, lifecycle.now());
  }
  next.status = { ...statusOf(next), acceptedNames: clone(names) };
  writeStatus(lifecycle, definition, next);
}

function writeStatus({ store, registry, now }: CustomLifecycle, definition: StoredObject, next: StoredObject): void {
  if (equal(next, definition)) return;
  const schema = registry.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions')?.schema ?? {};
  const writer = {
    manager: 'kube-apiserver',
    operation: 'Update',
    apiVersion: 'apiextensions.k8s.io/v1',
    subresource: 'status',
  } as const;
  const isIgnored = (member: string) => member !== 'status';
  const owners = decodeManagers(definition.metadata.managedFields);
  const context = { schema, writer, time: now(), isIgnored };
  const encoded = encodeManagers(ownersAfterUpdate(definition, next, owners, context));
  if (encoded) next.metadata.managedFields = encoded;
  store.update(DEFINITIONS, next, definition);
}

function condition(type: string, status: string, reason: string, message: string): JsonObject {
  return { type, status, reason, message };
}

/** Changes `definition`. The time is that of the last change of the condition's status. */
function setCondition(definition: StoredObject, next: JsonObject, now: string): void {
  const before = conditionsOf(definition);
  const old = before.find(({ type }) => type === next.type);
  const lastTransitionTime = old?.status === next.status ? old?.lastTransitionTime : now;
  const { type, status, ...rest } = next;
  const made = { type, status, lastTransitionTime, ...rest };
  const conditions = old ? before.map((each) => (each === old ? made : each)) : [...before, made];
  definition.status = { ...statusOf(definition), conditions };
}

function specChanged({ object, previous }: StoreEvent): boolean {
  return object.metadata.generation !== previous?.metadata.generation;
}

/** Ends all objects of the definition, and lets the definition go when the last one is gone. */
function cleanUp(lifecycle: CustomLifecycle, { metadata }: StoredObject): void {
  const { store } = lifecycle;
  const storageKey = metadata.name ?? '';
  const definition = store.collection(DEFINITIONS).get(undefined, storageKey);
  if (!definition || conditionsOf(definition).some(({ reason }) => reason === 'InstanceDeletionInProgress')) return;
  const next = clone(definition);
  const message = 'CustomResource deletion is in progress';
  setCondition(next, condition('Terminating', 'True', 'InstanceDeletionInProgress', message), lifecycle.now());
  writeStatus(lifecycle, definition, next);
  const collection = store.collection(storageKey);
  for (const object of collection.list()) if (!isEnding(object)) lifecycle.remove(storageKey, object);
  if (collection.size === 0) {
    release(store, storageKey);
    return;
  }
  const unsubscribe = collection.subscribe({
    next: () => {
      if (collection.size > 0) return;
      unsubscribe();
      queueMicrotask(() => release(store, storageKey));
    },
    end: () => {},
  });
}

function release(store: ObjectStore, name: string): void {
  const definitions: Collection = store.collection(DEFINITIONS);
  const definition = definitions.get(undefined, name);
  if (!definition || !isEnding(definition)) return;
  const next = clone(definition);
  next.metadata.finalizers = finalizersOf(definition).filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
  if (next.metadata.finalizers.length > 0) store.update(DEFINITIONS, next, definition);
  else store.remove(DEFINITIONS, next, definition);
}
