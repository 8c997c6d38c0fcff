/** What is known of a server's ISO, from the pod that reads it; pure. */

import type { Reason } from '../../api/reasons.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Pod } from '../../kube/resources.ts';
import type { Finding } from '../conditions.ts';
import { isoFingerprint } from './iso-check-pod.ts';

/** `sha256` is there when server pods may work with this ISO. */
export interface IsoFinding extends Finding {
  sha256?: string;
  /** The claim that machines boot from, where it is not an image. */
  claimName?: string;
}

const PULL_FAILURES = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

/** @param pod the check of the ISO that the server names now, if there is one */
export function isoFinding(server: AnweddolServer, pod: Pod | undefined): IsoFinding {
  const source = server.spec.iso.image ?? `claim ${server.spec.iso.persistentVolumeClaim}`;
  const recorded = server.status?.iso;
  if (recorded?.fingerprint === isoFingerprint(server)) return verified(source, recorded.sha256);
  const state = pod?.status?.containerStatuses?.[0]?.state;
  if (PULL_FAILURES.has(state?.waiting?.reason ?? '')) {
    return problem('IsoUnavailable', `${source} can't be had: ${state?.waiting?.message ?? state?.waiting?.reason}`);
  }
  const said = state?.terminated?.message?.trim() ?? '';
  if (pod?.status?.phase === 'Failed') {
    return problem('IsoCheckFailed', `${source} can't be read: ${said || pod.status.message || 'the check failed'}`);
  }
  if (pod?.status?.phase === 'Succeeded') return compare(source, said, server.spec.iso.sha256);
  return { status: 'Unknown', reason: 'IsoCheckRunning', message: `the SHA-256 of ${source} is being read` };
}

/**
 * A cluster that can't mount an image as a volume can't run the check: the announced digest is taken on trust there, and
 * where none is announced there is none to tell the clients.
 */
export function isoUnchecked(server: AnweddolServer, why: string): IsoFinding {
  const { sha256 } = server.spec.iso;
  if (!sha256) return problem('IsoDigestUnknown', `set iso.sha256: this cluster can't read it from the ISO (${why})`);
  const message = `this cluster can't read the ISO, so its announced digest is taken on trust (${why})`;
  return { status: 'Unknown', reason: 'IsoTaken', message: message.slice(0, 1024), sha256 };
}

/** Whether a check that ended so is to be repeated later: what the source holds may have been mended. */
export function isRepeatable(finding: IsoFinding): boolean {
  return finding.reason === 'IsoCheckFailed' || finding.reason === 'IsoDigestMismatch';
}

function compare(source: string, actual: string, announced: string | undefined): IsoFinding {
  if (!/^[0-9a-f]{64}$/.test(actual)) return problem('IsoCheckFailed', `the check of ${source} left no digest`);
  if (announced && actual !== announced) {
    return problem('IsoDigestMismatch', `${source} has SHA-256 ${actual}, not the announced ${announced}`);
  }
  return verified(source, actual);
}

function verified(source: string, sha256: string): IsoFinding {
  return { status: 'True', reason: 'IsoVerified', message: `${source} has SHA-256 ${sha256}`, sha256 };
}

function problem(reason: Reason, message: string): IsoFinding {
  return { status: 'False', reason, message: message.slice(0, 1024) };
}
