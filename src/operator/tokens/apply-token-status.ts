import { isDeepStrictEqual } from 'node:util';
import type { AnweddolAccessTokenStatus } from '../../api/anweddol-access-token.ts';
import { FIELD_MANAGER } from '../../api/names.ts';
import { AnweddolAccessToken } from '../../api/resources.ts';
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
  const { name, namespace, uid, generation = 0 } = metadata;
  const now = new Date(clock.now()).toISOString();
  const status: AnweddolAccessTokenStatus = {
    observedGeneration: generation,
    ...told.known,
    conditions: conditions({ Ready: told.finding }, token.status?.conditions ?? [], generation, now),
  };
  if (isDeepStrictEqual(token.status, status)) return;
  await kube.apply(
    AnweddolAccessToken,
    // With the uid, the hash of a token that is gone does not become that of a later one of its name.
    { apiVersion, kind, metadata: { name, ...(namespace && { namespace }), ...(uid && { uid }) }, status },
    { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal },
  );
}
