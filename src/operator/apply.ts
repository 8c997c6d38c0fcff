import { createHash } from 'node:crypto';
import { API_GROUP, FIELD_MANAGER } from '../api/names.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, keyOf, type Resource } from '../kube/objects.ts';
import type { Store } from '../kube/store.ts';

/** On everything the operator applies: the digest of what it asked for, so that a field it no longer asks for shows. */
const ANNOTATION_APPLIED = `${API_GROUP}/applied-sha256`;

/**
 * Server-side apply of a manifest, unless the cache shows that it is applied already and nobody has changed it since.
 * Returns whether it wrote.
 */
export async function applyIfDifferent<T extends KubeObject>(
  kube: KubeClient,
  resource: Resource<T>,
  cache: Store<T>,
  manifest: T,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = withDigest(manifest);
  const live = cache.get(keyOf(manifest.metadata));
  if (live && !live.metadata.deletionTimestamp && contains(live, wanted)) return false;
  await kube.apply(resource, wanted, { fieldManager: FIELD_MANAGER, force: true, signal });
  return true;
}

function withDigest<T extends KubeObject>(manifest: T): T {
  const digest = createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
  const annotations = { ...manifest.metadata.annotations, [ANNOTATION_APPLIED]: digest };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/** Whether everything in `wanted` stands in `live`, which may hold more (defaults, what others added). */
export function contains(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(live) && live.length === wanted.length && wanted.every((item, i) => contains(live[i], item));
  }
  if (isRecord(wanted)) {
    return (
      isRecord(live) &&
      Object.entries(wanted).every(([key, value]) => value === undefined || contains(live[key], value))
    );
  }
  return Object.is(live, wanted);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
