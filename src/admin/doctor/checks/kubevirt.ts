/** Whether the KubeVirt that there is can run containers. */

import type { ReasonEntry } from '../../../api/reasons/entries.ts';
import { REASONS } from '../../../api/reasons.ts';
import { isTooOld, releaseOf } from '../../../operator/platform/kubevirt-release.ts';
import type { Answer } from '../../cluster/answer.ts';
import type { KubeVirtInstall } from '../../cluster/resources.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { notKnown } from '../unless-known.ts';

/** The newest that is known to work. */
const NEWEST = { major: 1, minor: 9 };

export function kubevirt({ kubevirt, machines }: Pick<ClusterFacts, 'kubevirt' | 'machines'>): Finding[] {
  const [install] = kubevirt.is === 'known' ? kubevirt.value : [];
  return install ? ofInstall(install) : [withoutInstall(kubevirt, machines)];
}

/** KubeVirt may have been installed by other means; what counts is whether it has machines. */
function withoutInstall(kubevirt: Answer<unknown>, machines: Answer<unknown>): Finding {
  const check = 'kubevirt-installed';
  if (kubevirt.is === 'hidden' || kubevirt.is === 'failed') return notKnown(kubevirt, check, 'KubeVirt');
  if (machines.is === 'absent' || (machines.is !== 'known' && kubevirt.is === 'known')) {
    const remedy = 'Install KubeVirt 1.7 or later.';
    return { check, result: 'failed', found: 'KubeVirt is not installed.', remedy };
  }
  const found = 'The cluster has virtual machines, but no KubeVirt resource says which KubeVirt makes them.';
  return { check, result: 'unknown', found };
}

function ofInstall(install: KubeVirtInstall): Finding[] {
  const about = `${install.metadata.namespace}/${install.metadata.name}`;
  return [phaseFinding(install), ...versionFindings(install)].map((finding) => ({ ...finding, about }));
}

function phaseFinding({ status }: KubeVirtInstall): Finding {
  const check = 'kubevirt-installed';
  const { phase } = status ?? {};
  if (phase === 'Deployed') return { check, result: 'ok', found: 'KubeVirt is deployed.' };
  const remedy = 'Look at the KubeVirt resource and the pods beside it with kubectl describe.';
  return { check, result: 'failed', found: `KubeVirt is in phase ${phase ?? 'none'}, not Deployed.`, remedy };
}

function versionFindings(install: KubeVirtInstall): Finding[] {
  const release = releaseOf([install]);
  const { version } = release;
  if (!version) return [{ check: 'kubevirt-version', result: 'unknown', found: 'KubeVirt does not tell its version.' }];
  return [{ check: 'kubevirt-version', ...rangeFinding(version, isTooOld(release)) }, rebootFinding(install, version)];
}

function rangeFinding(version: string, tooOld: boolean): Omit<Finding, 'check'> {
  if (tooOld) {
    return {
      result: 'warning',
      found: `It is ${version}, older than any tested.`,
      ...remedyOf(REASONS.KubeVirtTooOld),
    };
  }
  const number = numberOf(version);
  if (!number) return { result: 'unknown', found: `It is ${version}, which is no release.` };
  if (isLater(number, NEWEST)) {
    const found = `It is ${version}, newer than any that this release knows.`;
    return { result: 'warning', found, remedy: 'Nothing needs to be done as long as PlatformReady is True.' };
  }
  return { result: 'ok', found: `It is ${version}.` };
}

/** Whether it can end a machine that is reset: always from 1.9 on, in 1.8 with a feature gate. */
function rebootFinding({ spec }: KubeVirtInstall, version: string): Finding {
  const check = 'kubevirt-reboot-policy';
  const number = numberOf(version);
  const gates = spec?.configuration?.developerConfiguration?.featureGates ?? [];
  if (!number)
    return { check, result: 'unknown', found: `What ${version} does with a machine that is reset is not known.` };
  const can = !isLater({ major: 1, minor: 9 }, number) || (isSame(number, 1, 8) && gates.includes('RebootPolicy'));
  if (can) return { check, result: 'ok', found: 'KubeVirt ends a machine that is reset.' };
  const entry = REASONS.RebootPolicyUnsupported;
  return { check, result: 'warning', found: entry.means, ...remedyOf(entry) };
}

function remedyOf({ remedy }: ReasonEntry): { remedy?: string } {
  return remedy === undefined ? {} : { remedy };
}

interface ReleaseNumber {
  major: number;
  minor: number;
}

function numberOf(version: string): ReleaseNumber | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

function isLater(one: ReleaseNumber, other: ReleaseNumber): boolean {
  return one.major !== other.major ? one.major > other.major : one.minor > other.minor;
}

function isSame(number: ReleaseNumber, major: number, minor: number): boolean {
  return number.major === major && number.minor === minor;
}
