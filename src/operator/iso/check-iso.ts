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
import { recordedIso } from './iso-source.ts';
import { planVolumes, removeVolume } from './old-volumes.ts';

/** A check that failed is repeated after this. */
const ISO_RECHECK_MS = 60_000;

type IsoContext = Pick<Context, 'kube' | 'clock' | 'defaultImage' | 'refusals'> & {
  caches: Pick<Context['caches'], 'machines' | 'pods'>;
};

/** Has the server's ISO downloaded or read where that is due, clears away what is done with, and says what is known. */
export async function checkIso(
  server: AnweddolServer,
  facts: Pick<Observed, 'iso' | 'isoPod' | 'machines'>,
  context: IsoContext,
  signal: AbortSignal,
): Promise<IsoFinding> {
  // Where machines are not known yet, any of them may have any download.
  const machines = context.caches.machines.hasSynced ? facts.machines : undefined;
  const plan = planVolumes(server, machines, context.clock.now());
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
  { isoPod, iso }: Pick<Observed, 'iso' | 'isoPod'>,
  { kube, clock, defaultImage, refusals }: IsoContext,
  signal: AbortSignal,
): Promise<IsoFinding> {
  const known = recordedIso(server) !== undefined;
  if (isoPod) {
    const stale = isRepeatable(iso) && clock.now() - endOf(isoPod) >= ISO_RECHECK_MS;
    // A check that succeeded stands in the status, and is not needed from then on.
    const { uid, deletionTimestamp } = isoPod.metadata;
    if (uid && !deletionTimestamp && (stale || known)) await kube.delete(Pod, isoPod.metadata, { uid, signal });
  } else if (!known) {
    const pod = isoCheckPod(server, { image: defaultImage });
    const options = { fieldManager: FIELD_MANAGER, force: true, signal };
    try {
      await refusals.unlessRefused(Pod, pod, () => kube.apply(Pod, pod, options));
    } catch (error) {
      if (error instanceof Error && isInvalid(error.cause)) return isoUnchecked(server, error.message);
      throw error;
    }
  }
  return isRepeatable(iso) ? { ...iso, againMs: ISO_RECHECK_MS } : iso;
}

/** When a check that is over came to its end, in milliseconds. One that was evicted may never have had a container. */
function endOf({ metadata, status }: Pod): number {
  const finishedAt = status?.containerStatuses?.[0]?.state?.terminated?.finishedAt;
  return Date.parse(finishedAt ?? status?.startTime ?? metadata.creationTimestamp ?? '');
}

/** Those of an ISO that the server does not name any more. */
async function removeOldChecks(
  server: AnweddolServer,
  { kube, caches }: IsoContext,
  signal: AbortSignal,
): Promise<void> {
  const { name } = isoCheckPod(server, { image: '' }).metadata;
  for (const { metadata } of caches.pods.byIndex(INDEX_BY_SERVER, keyOf(server.metadata))) {
    const isOld = metadata.labels?.[LABEL_COMPONENT] === 'iso-check' && metadata.name !== name;
    const { uid } = metadata;
    if (isOld && uid && !metadata.deletionTimestamp) await kube.delete(Pod, metadata, { uid, signal });
  }
}
