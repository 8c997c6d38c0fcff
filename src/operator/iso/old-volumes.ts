/**
 * The downloads that a server has had. Each is remembered in the status before it is made, so that none is forgotten
 * whenever the operator ends, and until it is removed, as machines may have it long after the server wants another.
 */
import type { AnweddolServer } from '../../api/resources.ts';
import { isNotFound } from '../../kube/errors.ts';
import { DataVolume, type VirtualMachineInstance } from '../../kube/resources.ts';
import type { Context } from '../context.ts';
import { dataVolumeName, recordedIso } from './iso-source.ts';

/** Server pods have learnt of another ISO by then: kubelets renew what is mounted within two minutes. */
const SETTLED_AFTER_MS = 300_000;
/** As many as the status holds. */
const MOST_REMEMBERED = 32;

export interface VolumePlan {
  /** What is to be remembered. */
  remember: string[];
  remove: string[];
  /** Whether the download of now is remembered, so that it may be made. */
  isRemembered: boolean;
  /** When there may be something to remove, where nothing will tell of it. */
  againMs?: number;
}

/**
 * What becomes of the downloads at `now` (milliseconds). Those that the server does not want any more go when another
 * ISO has been in use for a while, and no machine has them.
 * @param machines undefined: they are not known yet, and nothing is removed
 */
export function planVolumes(
  server: AnweddolServer,
  machines: VirtualMachineInstance[] | undefined,
  now: number,
): VolumePlan {
  const { isoVolumes: known = [] } = server.status ?? {};
  const iso = recordedIso(server);
  const wanted = server.spec.iso.http ? dataVolumeName(server) : undefined;
  const isKnown = wanted === undefined || known.includes(wanted);
  const isRoom = known.length < MOST_REMEMBERED;
  const remember = isKnown || !isRoom ? known : [...known, wanted];
  const used = new Set(machines?.flatMap(claimsOf));
  const old = known.filter((name) => name !== wanted && !used.has(name));
  const plan = { remember, remove: [], isRemembered: isKnown };
  if (!machines || old.length === 0 || !iso) return plan;
  const againMs = Date.parse(iso.since ?? '') + SETTLED_AFTER_MS - now;
  if (againMs > 0) return { ...plan, againMs };
  return { ...plan, remember: remember.filter((name) => !old.includes(name)), remove: old };
}

function claimsOf({ spec }: VirtualMachineInstance): string[] {
  return (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
}

/** Deletes a download, if it is the server's own; its claim goes with it. */
export async function removeVolume(
  server: AnweddolServer,
  name: string,
  { kube }: Pick<Context, 'kube'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const volume = await kube.get(DataVolume, { namespace: server.metadata.namespace, name }, { signal });
    const { uid, ownerReferences = [] } = volume?.metadata ?? {};
    const isOurs = ownerReferences.some((owner) => owner.uid === server.metadata.uid);
    if (volume && uid && isOurs) await kube.delete(DataVolume, volume.metadata, { uid, signal });
  } catch (error) {
    // Without CDI there are none.
    if (!isNotFound(error)) throw error;
  }
}
