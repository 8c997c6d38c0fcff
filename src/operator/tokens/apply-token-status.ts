import { isDeepStrictEqual } from 'node:util';
import type { AnweddolAccessTokenStatus } from '../../api/anweddol-access-token.ts';
import { FIELD_MANAGER } from '../../api/names.ts';
import { AnweddolAccessToken } from '../../api/resources.ts';
import { isConflict } from '../../kube/errors.ts';
import { conditions, type Finding } from '../conditions.ts';
import type { Context } from '../context.ts';

/** Writes the status of a token where it differs from what is there. */
export async function applyTokenStatus(
  token: AnweddolAccessToken,
  told: { finding: Finding; known: Pick<AnweddolAccessTokenStatus, 'secretName' | 'sha256'> },
  { kube, clock }: Pick<Context, 'kube' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  const { apiVersion, kind, metadata } = token;
  const { name, namespace, uid, resourceVersion, generation = 0 } = metadata;
  const now = new Date(clock.now()).toISOString();
  const status: AnweddolAccessTokenStatus = {
    observedGeneration: generation,
    ...told.known,
    conditions: conditions({ Ready: told.finding }, token.status?.conditions ?? [], generation, now),
  };
  if (isDeepStrictEqual(token.status, status)) return;
  // With the uid, the hash of a token that is gone does not become that of a later one of its name.
  const which = {
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
  try {
    const options = { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal } as const;
    await kube.apply(AnweddolAccessToken, { apiVersion, kind, metadata: which, status }, options);
  } catch (error) {
    // The newer version is on its way to the cache, and brings another reconcile.
    if (!isConflict(error)) throw error;
  }
}
