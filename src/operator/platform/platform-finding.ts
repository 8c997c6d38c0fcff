/** What is known of the platform that runs the machines; pure. */
import type { AnweddolServerSpec } from '../../api/anweddol-server.ts';
import type { Reason } from '../../api/reasons.ts';
import type { Finding } from '../conditions.ts';
import { isTooOld, type KubeVirtRelease, UNKNOWN_RELEASE } from './kubevirt-release.ts';

type RebootPolicy = AnweddolServerSpec['containers']['rebootPolicy'];

/** `rebootPolicy` is what machines are made with; absent while no machine can be made. */
export interface PlatformFinding extends Finding {
  rebootPolicy?: RebootPolicy;
}

/** What was said of a machine that was not stored. */
export type Verdict =
  /** With `rebootPolicy`, which is what was asked for unless this KubeVirt does not know it. */
  | { verdict: 'taken'; rebootPolicy: RebootPolicy }
  | { verdict: 'refused'; why: string }
  /** KubeVirt took it, and a quota did not: quotas are looked at last. */
  | { verdict: 'over quota'; why: string; rebootPolicy: RebootPolicy }
  /** Whoever was to judge it did not answer. */
  | { verdict: 'silent'; why: string };

export function platformAbsent(): PlatformFinding {
  return {
    status: 'False',
    reason: 'KubeVirtAbsent',
    message: "KubeVirt's virtual machines can't be listed; is it installed?",
  };
}

/** @param asked the reboot policy that the server asks for */
export function platformFinding(asked: RebootPolicy, verdict: Verdict, release: KubeVirtRelease): PlatformFinding {
  const name = nameOf(release);
  const found = (status: Finding['status'], reason: Reason, message: string): PlatformFinding => ({
    status,
    reason,
    message: message.slice(0, 1024),
    ...('rebootPolicy' in verdict && { rebootPolicy: verdict.rebootPolicy }),
  });
  const old = isTooOld(release) ? ` (${name} is older than 1.7, the oldest that is tested: upgrade it)` : '';
  switch (verdict.verdict) {
    case 'refused':
      if (old) return found('False', 'KubeVirtTooOld', `the machines are refused${old}: ${verdict.why}`);
      return found('False', 'MachineRefused', `the machines are refused, with ${name}: ${verdict.why}`);
    case 'over quota':
      return found('False', 'QuotaExceeded', `no container can be made now: ${verdict.why}`);
    case 'silent':
      return found('Unknown', 'KubeVirtSilent', `${name} does not answer for its machines: ${verdict.why}`);
    case 'taken':
      if (asked !== verdict.rebootPolicy) return found('True', 'RebootPolicyUnsupported', rebootMessage(name) + old);
      if (old) return found('True', 'KubeVirtTooOld', `the machines are taken${old}`);
      if (release.isEmulated) return found('True', 'SoftwareEmulation', emulationMessage(name));
      if (!release.version) return found('True', 'KubeVirtVersionUnknown', `${name} takes the machines of this server`);
      return found('True', 'KubeVirtPresent', `${name} takes the machines of this server`);
  }
}

/** The platform would take a machine of this server. */
export function platformTakes(rebootPolicy: RebootPolicy): PlatformFinding {
  return platformFinding(rebootPolicy, { verdict: 'taken', rebootPolicy }, UNKNOWN_RELEASE);
}

function nameOf({ version }: KubeVirtRelease): string {
  return version ? `KubeVirt ${version}` : 'KubeVirt of unknown version';
}

function rebootMessage(name: string): string {
  return `${name} does not know rebootPolicy: a machine whose system is reset by force starts anew, with its bootstrap user, instead of ending; KubeVirt 1.9 ends it (1.8 with the feature gate RebootPolicy)`;
}

function emulationMessage(name: string): string {
  return `${name} takes the machines of this server; it may emulate them in software (useEmulation), so that boots are slow: raise containers.startTimeoutSeconds if containers are not ready in time`;
}
