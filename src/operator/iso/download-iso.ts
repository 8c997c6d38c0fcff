import type { AnweddolServer } from '../../api/resources.ts';
import { isAlreadyExists, isNotFound, KubeError } from '../../kube/errors.ts';
import { DataVolume } from '../../kube/resources.ts';
import type { Context } from '../context.ts';
import { dataVolume, withoutChecksum } from './data-volume.ts';
import { cdiAbsent, downloadFinding, isChecked } from './download-finding.ts';
import type { IsoFinding } from './iso-finding.ts';

type Http = NonNullable<AnweddolServer['spec']['iso']['http']>;

/**
 * Has CDI download the ISO, and says how far that is.
 * @param read says what the volume really holds, where CDI has not checked it
 * @throws ObjectRefused when the cluster will not hold the DataVolume
 */
export async function downloadIso(
  server: AnweddolServer,
  http: Http,
  context: Pick<Context, 'kube' | 'refusals'>,
  signal: AbortSignal,
  read: () => Promise<IsoFinding>,
): Promise<IsoFinding> {
  const wanted = dataVolume(server, http);
  try {
    const volume =
      (await context.kube.get(DataVolume, wanted.metadata, { signal })) ?? (await create(wanted, context, signal));
    const finding = downloadFinding(server, volume);
    return finding.status === 'True' && volume && !isChecked(server, volume) ? await read() : finding;
  } catch (error) {
    if (isNotFound(error)) return cdiAbsent();
    throw error;
  }
}

/** @returns undefined when somebody else was faster */
async function create(
  volume: DataVolume,
  { kube, refusals }: Pick<Context, 'kube' | 'refusals'>,
  signal: AbortSignal,
): Promise<DataVolume | undefined> {
  const write = async () => {
    try {
      return await kube.create(DataVolume, volume, { signal });
    } catch (error) {
      if (!isAboutChecksum(error)) throw error;
      return await kube.create(DataVolume, withoutChecksum(volume), { signal });
    }
  };
  try {
    return await refusals.unlessRefused(DataVolume, volume, write);
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

/** Its schema does not know the field. */
function isAboutChecksum(error: unknown): boolean {
  return error instanceof KubeError && error.code === 400 && error.message.includes('checksum');
}
