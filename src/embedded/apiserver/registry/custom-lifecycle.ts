/** CustomResourceDefinitions at work: what they define is served while they are there, and goes with them. */
import { decodeManagers, encodeManagers } from '../apply/managers.ts';
import { ownersAfterUpdate } from '../apply/ownership.ts';
import { asObject, clone, equal, type JsonObject } from '../base/json.ts';
import { conditionsOf, finalizersOf, isEnding, type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import { CLEANUP_FINALIZER } from '../kinds/custom-resource-definitions.ts';
import type { Collection, StoreEvent } from '../storage/collection.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type CustomKinds, customResources } from './custom.ts';
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
  const { store, registry, kinds } = lifecycle;
  const next = (event: StoreEvent) => {
    const storageKey = event.object.metadata.name ?? '';
    if (event.type === 'DELETED') {
      registry.replace(storageKey, []);
      store.drop(storageKey);
    } else if (isEnding(event.object)) {
      queueMicrotask(() => cleanUp(lifecycle, event.object));
    } else if (!event.previous || specChanged(event)) {
      registry.replace(storageKey, customResources(event.object, kinds));
      queueMicrotask(() => establish(lifecycle, storageKey));
    }
  };
  return store.collection(DEFINITIONS).subscribe({ next, end: () => {} });
}

/** Says in the definition's status that it is served. */
function establish({ store, registry, now }: CustomLifecycle, name: string): void {
  const definition = store.collection(DEFINITIONS).get(undefined, name);
  if (!definition || isEnding(definition)) return;
  const next = clone(definition);
  const conditions = isEstablished(definition)
    ? conditionsOf(definition)
    : [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found', now()),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', now()),
      ];
  next.status = { ...statusOf(next), acceptedNames: clone(asObject(specOf(next).names)), conditions };
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

function isEstablished(definition: StoredObject): boolean {
  return conditionsOf(definition).some(({ type, status }) => type === 'Established' && status === 'True');
}

function condition(type: string, reason: string, message: string, lastTransitionTime: string): JsonObject {
  return { type, status: 'True', reason, message, lastTransitionTime };
}

function specChanged({ object, previous }: StoreEvent): boolean {
  return object.metadata.generation !== previous?.metadata.generation;
}

/** Ends all objects of the definition, and lets the definition go when the last one is gone. */
function cleanUp(lifecycle: CustomLifecycle, definition: StoredObject): void {
  const { store } = lifecycle;
  const storageKey = definition.metadata.name ?? '';
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
