import type { JsonObject } from '../base/json.ts';

/** The release whose behaviour this server follows, marked as what it is. */
export const GIT_VERSION = 'v1.36.4-embedded';

export function versionInfo(): JsonObject {
  return {
    major: '1',
    minor: '36',
    gitVersion: GIT_VERSION,
    gitCommit: 'embedded',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'node',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
