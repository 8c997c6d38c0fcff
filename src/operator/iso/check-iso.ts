import { FIELD_MANAGER } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { isInvalid } from '../../kube/errors.ts';
import { Pod } from '../../kube/resources.ts';
import type { Context } from '../context.ts';
import type { Observed } from '../observe.ts';
import { isoCheckPod } from './iso-check-pod.ts';
import { type IsoFinding, isoUnchecked, isRepeatable } from './iso-finding.ts';

/** A check that failed is repeated after this. */
const ISO_RECHECK_MS = 60_000;

/** Starts the check of the server's ISO where one is due, clears away one that is done with, and says what is known. */
export async function checkIso(
  server: AnweddolServer,
  facts: Observed,
  { kube, clock, defaultImage }: Context,
  signal: AbortSignal,
): Promise<IsoFinding> {
  const { isoPod, iso } = facts;
  const known = iso.sha256 !== undefined && iso.sha256 === server.status?.iso?.sha256;
  if (isoPod) {
    const endedAt = Date.parse(isoPod.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? '');
    const stale = isRepeatable(iso) && clock.now() - endedAt >= ISO_RECHECK_MS;
    // A check that succeeded stands in the status, and is not needed from then on.
    const { uid } = isoPod.metadata;
    if (uid && (stale || known)) await kube.delete(Pod, isoPod.metadata, { uid, signal });
  } else if (!known) {
    try {
      const pod = isoCheckPod(server, { image: defaultImage });
      await kube.apply(Pod, pod, { fieldManager: FIELD_MANAGER, force: true, signal });
    } catch (error) {
      if (isInvalid(error)) return isoUnchecked(server, error instanceof Error ? error.message : '');
      throw error;
    }
  }
  return isRepeatable(iso) ? { ...iso, againMs: ISO_RECHECK_MS } : iso;
}
