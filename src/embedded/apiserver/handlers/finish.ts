/** An object whose deletion has begun goes once nothing holds it any more. */
import { asArray } from '../base/json.ts';
import { finalizersOf, isEnding, type StoredObject, specOf } from '../base/kube-object.ts';
import type { Resource } from '../registry/resource.ts';
import type { Server } from './context.ts';

/** Stores a new state of an object; one that nothing holds any more is removed instead. */
export function storeOrFinish(
  server: Server,
  resource: Resource,
  next: StoredObject,
  previous: StoredObject,
): StoredObject {
  if (isEnding(next) && isReleased(resource, next)) return server.store.remove(resource.storageKey, next, previous);
  return next === previous ? previous : server.store.update(resource.storageKey, next, previous);
}

export function isReleased(resource: Resource, object: StoredObject): boolean {
  if (finalizersOf(object).length > 0) return false;
  if (resource.group === '' && resource.kind === 'Namespace') return asArray(specOf(object).finalizers).length === 0;
  return (object.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}
