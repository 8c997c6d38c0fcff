import type { KubeClient, ListQuery } from './client.ts';
import { ObjectStore } from './object-store.ts';
import type { KubeObject, Resource } from './objects.ts';
import { type ReflectorOptions, startReflector } from './reflector.ts';
import type { Store, StoreOptions } from './store.ts';

/** A store that a reflector of its own keeps like the API server's objects until the signal aborts. */
export function watched<T extends KubeObject>(
  kube: KubeClient,
  resource: Resource<T>,
  query: ListQuery,
  options: ReflectorOptions & StoreOptions<T>,
): Store<T> {
  const store = new ObjectStore<T>(options);
  void startReflector(kube, resource, query, store, options);
  return store;
}
