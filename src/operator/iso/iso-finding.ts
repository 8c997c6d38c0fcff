/** What is known of a server's ISO, from the pod that reads it; pure. */
import type { Reason } from '../../api/reasons.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Pod } from '../../kube/resources.ts';
import { PULL_FAILURES } from '../../virtualization/kubevirt/machine-state.ts';
import type { Finding } from '../conditions.ts';
import { isLatest, isoClaimName, isoSourceText, recordedIso } from './iso-source.ts';

/** `sha256` is there when server pods may work with this ISO. */
export interface IsoFinding extends Finding {
  sha256?: string;
  /** The claim that machines boot from, where it is not an image. */
  claimName?: string;
  /** The downloads that are to be remembered in the status. */
  volumes?: string[];
}

/** @param pod the check of the ISO that the server names now, if there is one */
export function isoFinding(server: AnweddolServer, pod: Pod | undefined): IsoFinding {
  // Of a server that nobody works on, the same stays in the status.
  const { isoVolumes } = server.status ?? {};
  return { ...findingOf(server, pod), ...(isoVolumes && { volumes: isoVolumes }) };
}

function findingOf(server: AnweddolServer, pod: Pod | undefined): IsoFinding {
  const source = isoSourceText(server);
  const recorded = recordedIso(server);
  if (recorded) return isoVerified(server, recorded.sha256);
  const state = pod?.status?.containerStatuses?.[0]?.state;
  if (PULL_FAILURES.has(state?.waiting?.reason ?? '')) {
    return isoProblem('IsoUnavailable', unavailable(server, pod, state?.waiting));
  }
  const said = state?.terminated?.message?.trim() ?? '';
  if (pod?.status?.phase === 'Failed') {
    return isoProblem('IsoCheckFailed', `${source} can't be read: ${said || pod.status.message || 'the check failed'}`);
  }
  if (pod?.status?.phase === 'Succeeded') return compare(server, said);
  if (!pod && server.spec.iso.http) {
    return { status: 'Unknown', reason: 'IsoDownloading', message: `${source} is to be downloaded` };
  }
  const unscheduled = pod?.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (/persistentvolumeclaim "[^"]*" not found/.test(unscheduled?.message ?? '')) {
    return isoProblem('IsoClaimMissing', `${source} is not there: ${unscheduled?.message}`);
  }
  const held = unscheduled?.message ? `; no node has room for the check yet: ${unscheduled.message}` : '';
  return {
    status: 'Unknown',
    reason: 'IsoCheckRunning',
    message: `the SHA-256 of ${source} is being read${held}`.slice(0, 1024),
  };
}

/** Whose image it is that can't be pulled: that with the ISO, or that of the check itself. */
function unavailable(server: AnweddolServer, pod: Pod | undefined, waiting: { message?: string } = {}): string {
  const source = isoSourceText(server);
  const why = pullCause(waiting.message ?? '');
  const [own = ''] = pod?.spec?.containers.map(({ image }) => image) ?? [];
  const isOwn = own && own !== server.spec.iso.image && why.includes(`"${own}"`);
  const what = isOwn
    ? `the check of ${source} can't run, as image ${own} (pod.image) can't be pulled`
    : `${source} can't be had`;
  return why ? `${what}: ${why}` : what;
}

/** Without what differs from one try of a kubelet to the next: whether it waits to try again, and a port of its own. */
function pullCause(message: string): string {
  return message.replace(/^Back-off pulling image "[^"]*"(: \w+: )?/, '').replaceAll(/:\d+->/g, '->');
}

/**
 * A cluster that can't mount an image as a volume can't run the check: the announced digest is taken on trust there, and
 * where none is announced there is none to tell the clients.
 */
export function isoUnchecked(server: AnweddolServer, why: string): IsoFinding {
  const { sha256 } = server.spec.iso;
  if (!sha256)
    return isoProblem('IsoDigestUnknown', `set iso.sha256: this cluster can't read it from the ISO (${why})`);
  const message = `this cluster can't read the ISO, so its announced digest is taken on trust (${why})`;
  const claimName = isoClaimName(server);
  return {
    status: 'Unknown',
    reason: 'IsoTaken',
    message: message.slice(0, 1024),
    sha256,
    ...(claimName && { claimName }),
  };
}

/** Whether a check that ended so is to be repeated later: what the source holds may have been mended. */
export function isRepeatable(finding: IsoFinding): boolean {
  return finding.reason === 'IsoCheckFailed' || finding.reason === 'IsoDigestMismatch';
}

function compare(server: AnweddolServer, actual: string): IsoFinding {
  const source = isoSourceText(server);
  const announced = server.spec.iso.sha256;
  if (!/^[0-9a-f]{64}$/.test(actual)) return isoProblem('IsoCheckFailed', `the check of ${source} left no digest`);
  if (announced && actual !== announced) {
    return isoProblem('IsoDigestMismatch', `${source} has SHA-256 ${actual}, not the announced ${announced}`);
  }
  return isoVerified(server, actual);
}

/** The server's ISO is where machines boot it from, and has this SHA-256. */
export function isoVerified(server: AnweddolServer, sha256: string): IsoFinding {
  const { image } = server.spec.iso;
  const advice =
    image && isLatest(image) ? '; it may become another one at any time: name the image by its digest' : '';
  const message = `${isoSourceText(server)} has SHA-256 ${sha256}${advice}`;
  const claimName = isoClaimName(server);
  return { status: 'True', reason: 'IsoVerified', message, sha256, ...(claimName && { claimName }) };
}

export function isoProblem(reason: Reason, message: string): IsoFinding {
  return { status: 'False', reason, message: message.slice(0, 1024) };
}
