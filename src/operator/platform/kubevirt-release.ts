/** Which KubeVirt there is, as far as the operator may see it. */
import type { KubeVirt } from '../../kube/resources.ts';

export interface KubeVirtRelease {
  /** Such as `v1.9.0`; absent while it is unknown. */
  version?: string;
  /** Whether machines run by software emulation where a node has no KVM. */
  isEmulated: boolean;
}

/** Where the operator may not look, or KubeVirt does not say. */
export const UNKNOWN_RELEASE: KubeVirtRelease = { isEmulated: false };

/** The oldest that this release is tested with. */
const OLDEST = { major: 1, minor: 7 };

/** @param installed all KubeVirt resources of the cluster; there is one in one that works */
export function releaseOf(installed: readonly Pick<KubeVirt, 'spec' | 'status'>[]): KubeVirtRelease {
  const [kubevirt] = installed;
  const version = kubevirt?.status?.observedKubeVirtVersion;
  const { useEmulation = false } = kubevirt?.spec?.configuration?.developerConfiguration ?? {};
  return { ...(version && { version }), isEmulated: useEmulation };
}

/** False for a version that can't be read, such as that of a build from a branch. */
export function isTooOld({ version = '' }: KubeVirtRelease): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const difference = Number(major) - OLDEST.major || Number(minor) - OLDEST.minor;
  return difference < 0;
}
