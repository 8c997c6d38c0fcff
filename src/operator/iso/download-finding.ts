/** What is known of the download of an ISO, from its DataVolume; pure. */
import type { AnweddolServer } from '../../api/resources.ts';
import type { DataVolume } from '../../kube/resources.ts';
import { type IsoFinding, isoProblem, isoVerified } from './iso-finding.ts';
import { isoSourceText, withPlainUrls } from './iso-source.ts';

/** How often a download is looked at. */
const DOWNLOAD_POLL_MS = 5_000;
/** What only somebody can mend is looked at again after this. */
const TROUBLE_POLL_MS = 60_000;

/** @param volume the DataVolume of the server's download; absent while there is none yet */
export function downloadFinding(server: AnweddolServer, volume: DataVolume | undefined): IsoFinding {
  const source = isoSourceText(server);
  if (!volume) return downloading(`${source} is to be downloaded`);
  const { name, ownerReferences = [], deletionTimestamp } = volume.metadata;
  if (deletionTimestamp) return downloading(`${source} is to be downloaded, once the older ${name} is gone`);
  if (!ownerReferences.some(({ uid }) => uid === server.metadata.uid)) {
    return trouble('IsoVolumeTaken', `DataVolume ${name} is not this server's`);
  }
  if (volume.status?.phase === 'Failed') {
    return trouble('IsoDownloadFailed', `${source} can't be downloaded: ${saidOf(volume) || 'CDI says no more'}`);
  }
  if (volume.status?.phase === 'Succeeded') return isoVerified(server, server.spec.iso.sha256 ?? '');
  const { progress = '' } = volume.status ?? {};
  const percent = /^\d+(\.\d+)?%$/.test(progress) ? `${Number.parseFloat(progress)} % of ` : '';
  const said = saidOf(volume);
  return downloading(
    `${percent}${source} ${percent ? 'is downloaded' : 'is being downloaded'}${said ? ` (${said})` : ''}`,
  );
}

export function cdiAbsent(): IsoFinding {
  const message =
    "iso.http needs the Containerized Data Importer (CDI), whose DataVolumes this cluster doesn't know: install it, or use iso.image";
  return trouble('CdiAbsent', message);
}

/** Whether CDI has checked what it downloaded. One that does not know the field has not stored it. */
export function isChecked(server: AnweddolServer, volume: DataVolume): boolean {
  return volume.spec.source.http.checksum === `sha256:${server.spec.iso.sha256}`;
}

/** What holds it up, or was its end; empty where CDI does not say. */
function saidOf({ status }: DataVolume): string {
  const conditions = ['Running', 'Bound', 'Ready'].flatMap(
    (type) => status?.conditions?.find((condition) => condition.type === type && condition.status !== 'True') ?? [],
  );
  return withPlainUrls(conditions.find(({ message }) => message)?.message ?? '');
}

function downloading(message: string): IsoFinding {
  return {
    status: 'Unknown',
    reason: 'IsoDownloading',
    message: message.slice(0, 1024),
    againMs: DOWNLOAD_POLL_MS,
  };
}

function trouble(reason: Parameters<typeof isoProblem>[0], message: string): IsoFinding {
  return { ...isoProblem(reason, message), againMs: TROUBLE_POLL_MS };
}
