import { createHash } from 'node:crypto';
import type { KubeClient } from './client.ts';
import { contains } from './contains.ts';
import { type KubeObject, keyOf, type Resource } from './objects.ts';
import type { Store } from './store.ts';

export interface ApplyIfDifferentOptions {
  fieldManager: string;
  /** The annotation that keeps the digest of what was asked for, so that a field that is no longer asked for shows. */
  annotation: string;
  signal: AbortSignal;
}

/**
 * Server-side apply of a manifest, unless the cache shows that it is applied already and nobody has changed it since.
 * Returns whether it wrote.
 */
export async function applyIfDifferent<T extends KubeObject>(
  kube: KubeClient,
  resource: Resource<T>,
  cache: Pick<Store<T>, 'get'>,
  manifest: T,
  { fieldManager, annotation, signal }: ApplyIfDifferentOptions,
): Promise<boolean> {
  const wanted = withDigest(manifest, annotation);
  const live = cache.get(keyOf(manifest.metadata));
  if (live && !live.metadata.deletionTimestamp && contains(live, wanted)) return false;
  await kube.apply(resource, wanted, { fieldManager, force: true, signal });
  return true;
}

function withDigest<T extends KubeObject>(manifest: T, annotation: string): T {
  const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  const annotations = { ...manifest.metadata.annotations, [annotation]: digest };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
