import { API_GROUP, FIELD_MANAGER } from '../api/names.ts';
import { applyIfDifferent } from '../kube/apply-if-different.ts';
import type { KubeObject, Resource } from '../kube/objects.ts';
import type { Store } from '../kube/store.ts';
import type { Context } from './context.ts';

/** On everything the operator applies. */
const ANNOTATION_APPLIED = `${API_GROUP}/applied-sha256`;

/** Makes the cluster's object what the manifest says, where it is not. */
export async function apply<T extends KubeObject>(
  { kube }: Pick<Context, 'kube'>,
  resource: Resource<T>,
  cache: Store<T>,
  manifest: T,
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, annotation: ANNOTATION_APPLIED, signal };
  await applyIfDifferent(kube, resource, cache, manifest, options);
}
