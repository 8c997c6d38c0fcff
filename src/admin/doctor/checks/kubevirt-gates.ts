/** The feature gates of KubeVirt that containers depend on: one that they want, and one that not every node bears. */
import type { ReasonEntry } from '../../../api/reasons/entries.ts';
import { REASONS } from '../../../api/reasons.ts';
import type { Node } from '../../../kube/resources.ts';
import type { KubeVirtInstall } from '../../cluster/resources.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge, names } from '../unless-known.ts';
import { takesMachines } from './nodes.ts';
import { isLater, numberOf, type ReleaseNumber } from './release-number.ts';

/** From here on a gate that is beta is on unless it is disabled; before, none is on unless it is listed. */
const BETA_IS_ON = { major: 1, minor: 9 };
/** The first that know them at all. */
const KNOWN_FROM = { RebootPolicy: { major: 1, minor: 8 }, ImageVolume: { major: 1, minor: 7 } };
/**
 * Before that it was seen to mount an image volume as an empty folder, and to say nothing.
 * @see https://github.com/k3s-io/k3s/issues/14323
 */
const CONTAINERD_THAT_MOUNTS = { major: 2, minor: 3 };
const DISABLED = 'developerConfiguration.disabledFeatureGates of the KubeVirt resource';

type Gate = keyof typeof KNOWN_FROM;

function isOn(gate: Gate, { spec }: KubeVirtInstall, release: ReleaseNumber): boolean {
  const { featureGates = [], disabledFeatureGates = [] } = spec?.configuration?.developerConfiguration ?? {};
  if (isLater(KNOWN_FROM[gate], release)) return false;
  return isLater(BETA_IS_ON, release) ? featureGates.includes(gate) : !disabledFeatureGates.includes(gate);
}

/** Whether it can end a machine that is reset. */
export function rebootFinding(install: KubeVirtInstall, version: string): Finding {
  const check = 'kubevirt-reboot-policy';
  const release = numberOf(version);
  if (!release) {
    return { check, result: 'unknown', found: `What ${version} does with a machine that is reset is not known.` };
  }
  if (isOn('RebootPolicy', install, release)) {
    return { check, result: 'ok', found: 'KubeVirt ends a machine that is reset.' };
  }
  const finding = { check, result: 'warning', found: REASONS.RebootPolicyUnsupported.means } as const;
  if (isLater(BETA_IS_ON, release)) return { ...finding, ...remedyOf(REASONS.RebootPolicyUnsupported) };
  return { ...finding, remedy: `Take RebootPolicy out of ${DISABLED}.` };
}

/** Whether nodes can mount disks the way that it mounts them. */
export function imageVolumeFinding(install: KubeVirtInstall, version: string, nodes: ClusterFacts['nodes']): Finding[] {
  const check = 'kubevirt-image-volume';
  const release = numberOf(version);
  if (!release) return [{ check, result: 'unknown', found: `How ${version} mounts disks is not known.` }];
  if (!isOn('ImageVolume', install, release)) {
    return [{ check, result: 'ok', found: 'KubeVirt mounts disks without image volumes.' }];
  }
  return judge(nodes, { check, what: 'the container runtimes of the nodes' }, (all) => [
    mountingFinding(all.filter(takesMachines).filter((node) => !mayMount(node))),
  ]);
}

/** Other runtimes than containerd are taken at their word. */
function mayMount({ status }: Node): boolean {
  const [, version = ''] = /^containerd:\/\/(.+)$/.exec(runtimeOf(status)) ?? [];
  const release = numberOf(version);
  return !release || !isLater(CONTAINERD_THAT_MOUNTS, release);
}

const runtimeOf = (status: Node['status']): string => status?.nodeInfo?.containerRuntimeVersion ?? '';

function mountingFinding(without: readonly Node[]): Finding {
  const check = 'kubevirt-image-volume';
  if (without.length === 0) {
    const found = 'KubeVirt mounts disks as image volumes, and no node is known to be too old for it.';
    return { check, result: 'ok', found };
  }
  const which = names(without.map(({ metadata, status }) => `${metadata.name} (${runtimeOf(status)})`));
  const found = `KubeVirt mounts disks as image volumes, and with a containerd before 2.3, which may leave them empty, are ${which}.`;
  return { check, result: 'warning', found, ...remedyOf(REASONS.ImageVolumesBroken) };
}

export function remedyOf({ remedy }: ReasonEntry): { remedy?: string } {
  return remedy === undefined ? {} : { remedy };
}
