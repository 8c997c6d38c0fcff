/** The first two numbers of a release, of what others call their versions; pure. */

export interface ReleaseNumber {
  major: number;
  minor: number;
}

/** Undefined for what is no release, such as a build from a branch. */
export function numberOf(version: string): ReleaseNumber | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

export function isLater(one: ReleaseNumber, other: ReleaseNumber): boolean {
  return one.major !== other.major ? one.major > other.major : one.minor > other.minor;
}
