import type { AnweddolServerStatus } from '../../api/anweddol-server-status.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { IsoFinding } from './iso-finding.ts';
import { isoFingerprint, recordedIso } from './iso-source.ts';

/**
 * What the status keeps of the ISO: what is verified needs no second check, and what was downloaded is to be removed.
 * @param now milliseconds
 */
export function isoRecord(
  server: AnweddolServer,
  { status, sha256, volumes = [] }: IsoFinding,
  now: number,
): Pick<AnweddolServerStatus, 'iso' | 'isoVolumes'> {
  const fingerprint = isoFingerprint(server);
  const before = recordedIso(server);
  const since = before ? before.since : new Date(now).toISOString();
  return {
    ...(status === 'True' && sha256 && { iso: { sha256, fingerprint, ...(since && { since }) } }),
    ...(volumes.length > 0 && { isoVolumes: volumes }),
  };
}
