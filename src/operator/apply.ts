import { API_GROUP, FIELD_MANAGER } from '../api/names.ts';
import { applyIfDifferent } from '../kube/apply-if-different.ts';
import { type KubeObject, keyOf, type ObjectName, type Resource } from '../kube/objects.ts';
import type { Store } from '../kube/store.ts';
import type { Context } from './context.ts';

/** On everything the operator applies. */
const ANNOTATION_APPLIED = `${API_GROUP}/applied-sha256`;

/** Whether the operator has made the object what it is. */
export function isApplied({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[ANNOTATION_APPLIED] !== undefined;
}

/**
 * Makes the cluster's object what the manifest says, where it is not. Returns whether it wrote.
 * @throws ObjectRefused when the cluster will not hold it, and without asking when it would not a moment ago
 */
export async function apply<T extends KubeObject>(
  { kube, refusals }: Pick<Context, 'kube' | 'refusals'>,
  resource: Resource<T>,
  cache: Pick<Store<T>, 'get'>,
  manifest: T,
  signal: AbortSignal,
): Promise<boolean> {
  const options = { fieldManager: FIELD_MANAGER, annotation: ANNOTATION_APPLIED, signal };
  return refusals.unlessRefused(resource, manifest, () => applyIfDifferent(kube, resource, cache, manifest, options));
}

/** Deletes an object of this name where the cache shows that there is one. */
export async function remove<T extends KubeObject>(
  { kube }: Pick<Context, 'kube'>,
  resource: Resource<T>,
  cache: Store<T>,
  name: ObjectName,
  signal: AbortSignal,
): Promise<void> {
  const { uid, deletionTimestamp } = cache.get(keyOf(name))?.metadata ?? {};
  if (uid && !deletionTimestamp) await kube.delete(resource, name, { uid, signal });
}
