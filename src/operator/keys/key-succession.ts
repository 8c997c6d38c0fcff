/** Which keys a server has, and which one follows which; pure. The status is the memory. */
import { isDeepStrictEqual } from 'node:util';
import type { AnweddolServerStatus } from '../../api/anweddol-server-status.ts';

export interface KeyInUse {
  secretName: string;
  /** Hex. */
  sha256: string;
}

export interface KeyRecord {
  /** Absent: none is known yet, or it is onetime. */
  current?: KeyInUse;
  /** The one before, while server pods still have it. */
  previous?: KeyInUse;
  /** The Secret that is to be made. It is written down first, so that it is never left behind. */
  next?: string;
}

export function recordedKeys(status: AnweddolServerStatus | undefined): KeyRecord {
  const { sha256, secretName, previousSha256, previousSecretName, nextSecretName } = status?.publicKey ?? {};
  return {
    ...(sha256 && secretName && { current: { secretName, sha256 } }),
    ...(previousSha256 &&
      previousSecretName && {
        previous: { secretName: previousSecretName, sha256: previousSha256 },
      }),
    ...(nextSecretName && { next: nextSecretName }),
  };
}

export interface Succession {
  previous?: KeyInUse;
  /** Secrets of keys that nobody needs any more; only some of them may be the operator's. */
  obsolete: string[];
}

/**
 * @param wanted the key that server pods are to have from now on; undefined for a onetime key
 * @param hasRolled whether all of them have it
 */
export function succession(record: KeyRecord, wanted: KeyInUse | undefined, hasRolled: boolean): Succession {
  const before = hasRolled ? undefined : keyBefore(record, wanted);
  const kept = [wanted?.secretName, before?.secretName];
  const known = [record.current?.secretName, record.previous?.secretName, record.next];
  const obsolete = new Set(known.filter((name) => name !== undefined && !kept.includes(name)));
  return { ...(before && { previous: before }), obsolete: [...obsolete].filter((name) => name !== undefined) };
}

/** Of three keys in use the middle one goes: it is in few pods, and in none before long. */
function keyBefore({ current, previous }: KeyRecord, wanted: KeyInUse | undefined): KeyInUse | undefined {
  if (isDeepStrictEqual(current, wanted)) return previous;
  return isDeepStrictEqual(previous, wanted) ? current : (previous ?? current);
}
