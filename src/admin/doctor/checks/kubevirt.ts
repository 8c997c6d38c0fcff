/** Whether the KubeVirt that there is can run containers. */

import { REASONS } from '../../../api/reasons.ts';
import { isTooOld, releaseOf } from '../../../operator/platform/kubevirt-release.ts';
import type { Answer } from '../../cluster/answer.ts';
import type { KubeVirtInstall } from '../../cluster/resources.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { notKnown } from '../unless-known.ts';
import { imageVolumeFinding, rebootFinding, remedyOf } from './kubevirt-gates.ts';
import { isLater, numberOf } from './release-number.ts';

/** The newest that is known to work. */
const NEWEST = { major: 1, minor: 9 };

export function kubevirt({
  kubevirt,
  machines,
  nodes,
}: Pick<ClusterFacts, 'kubevirt' | 'machines' | 'nodes'>): Finding[] {
  const [install] = kubevirt.is === 'known' ? kubevirt.value : [];
  return install ? ofInstall(install, nodes) : [withoutInstall(kubevirt, machines)];
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

function ofInstall(install: KubeVirtInstall, nodes: ClusterFacts['nodes']): Finding[] {
  const about = `${install.metadata.namespace}/${install.metadata.name}`;
  return [phaseFinding(install), ...versionFindings(install, nodes)].map((finding) => ({ ...finding, about }));
}

function phaseFinding({ status }: KubeVirtInstall): Finding {
  const check = 'kubevirt-installed';
  const { phase } = status ?? {};
  if (phase === 'Deployed') return { check, result: 'ok', found: 'KubeVirt is deployed.' };
  const remedy = 'Look at the KubeVirt resource and the pods beside it with kubectl describe.';
  return { check, result: 'failed', found: `KubeVirt is in phase ${phase ?? 'none'}, not Deployed.`, remedy };
}

function versionFindings(install: KubeVirtInstall, nodes: ClusterFacts['nodes']): Finding[] {
  const release = releaseOf([install]);
  const { version } = release;
  if (!version) return [{ check: 'kubevirt-version', result: 'unknown', found: 'KubeVirt does not tell its version.' }];
  return [
    { check: 'kubevirt-version', ...rangeFinding(version, isTooOld(release)) },
    rebootFinding(install, version),
    ...imageVolumeFinding(install, version, nodes),
  ];
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
