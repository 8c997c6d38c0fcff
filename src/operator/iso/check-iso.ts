import { FIELD_MANAGER, LABEL_COMPONENT } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { isInvalid } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { Pod } from '../../kube/resources.ts';
import { type Context, INDEX_BY_SERVER } from '../context.ts';
import type { Observed } from '../observe.ts';
import { downloadFinding } from './download-finding.ts';
import { downloadIso } from './download-iso.ts';
import { isoCheckPod } from './iso-check-pod.ts';
import { type IsoFinding, isoUnchecked, isRepeatable } from './iso-finding.ts';
import { planVolumes, removeVolume } from './old-volumes.ts';

/** A check that failed is repeated after this. */
const ISO_RECHECK_MS = 60_000;

/** Has the server's ISO downloaded or read where that is due, clears away what is done with, and says what is known. */
export async function checkIso(
  server: AnweddolServer,
  facts: Observed,
  context: Context,
  signal: AbortSignal,
): Promise<IsoFinding> {
  const plan = planVolumes(server, facts.machines, context.clock.now());
  for (const name of plan.remove) await removeVolume(server, name, context, signal);
  await removeOldChecks(server, context, signal);
  const { http } = server.spec.iso;
  const read = () => readIso(server, facts, context, signal);
  const finding = !http
    ? await read()
    : plan.isRemembered
      ? await downloadIso(server, http, context, signal, read)
      : downloadFinding(server, undefined);
  const waits = [finding.againMs ?? [], plan.againMs ?? []].flat();
  return { ...finding, volumes: plan.remember, ...(waits.length > 0 && { againMs: Math.min(...waits) }) };
}

/** Has a pod read the ISO where the containers will boot it from. */
async function readIso(
  server: AnweddolServer,
  { isoPod, iso }: Observed,
  { kube, clock, defaultImage }: Context,
  signal: AbortSignal,
): Promise<IsoFinding> {
  const known = iso.sha256 !== undefined && iso.sha256 === server.status?.iso?.sha256;
  if (isoPod) {
    const endedAt = Date.parse(isoPod.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt ?? '');
    const stale = isRepeatable(iso) && clock.now() - endedAt >= ISO_RECHECK_MS;
    // A check that succeeded stands in the status, and is not needed from then on.
    const { uid, deletionTimestamp } = isoPod.metadata;
    if (uid && !deletionTimestamp && (stale || known)) await kube.delete(Pod, isoPod.metadata, { uid, signal });
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

/** Those of an ISO that the server does not name any more. */
async function removeOldChecks(
  server: AnweddolServer,
  { kube, caches }: Pick<Context, 'kube' | 'caches'>,
  signal: AbortSignal,
): Promise<void> {
  const { name } = isoCheckPod(server, { image: '' }).metadata;
  for (const { metadata } of caches.pods.byIndex(INDEX_BY_SERVER, keyOf(server.metadata))) {
    const isOld = metadata.labels?.[LABEL_COMPONENT] === 'iso-check' && metadata.name !== name;
    const { uid } = metadata;
    if (isOld && uid && !metadata.deletionTimestamp) await kube.delete(Pod, metadata, { uid, signal });
  }
}
