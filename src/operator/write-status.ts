import { isDeepStrictEqual } from 'node:util';
import { FIELD_MANAGER } from '../api/names.ts';
import { isConflict, isMissing } from '../kube/errors.ts';
import type { KubeObject, Resource } from '../kube/objects.ts';
import type { Context } from './context.ts';

/**
 * Writes the status of an object where it differs from what the cache shows of it. What was made of an older version is not
 * written over a newer one, nor over a later object of its name.
 * @returns whether it was written
 */
export async function writeStatus<T extends KubeObject & { status?: object }>(
  { kube }: Pick<Context, 'kube'>,
  resource: Resource<T>,
  object: T,
  status: NonNullable<T['status']>,
  signal: AbortSignal,
): Promise<boolean> {
  if (isDeepStrictEqual(object.status, status)) return false;
  const { apiVersion, kind } = object;
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const metadata = {
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
  const written: KubeObject & { status: object } = { apiVersion, kind, metadata, status };
  const options = { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal } as const;
  try {
    await kube.apply<KubeObject>(resource, written, options);
    return true;
  } catch (error) {
    // The newer version, or that it is gone, is on its way to the cache, and brings another reconcile.
    if (isConflict(error) || isMissing(error, name)) return false;
    throw error;
  }
}
