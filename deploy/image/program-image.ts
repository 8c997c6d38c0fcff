import { join } from 'node:path';
import { cacheFolder } from '../../src/main/demo/folders.ts';
import { VERSION } from '../../src/version.ts';
import { debianPackages } from './files/debian-download.ts';
import { WANTED } from './files/debian-package.ts';
import { NODE_PATH, nodeRuntime } from './files/node-runtime.ts';
import { bundlePrograms } from './files/programs.ts';
import { systemFiles, USER } from './files/system-files.ts';
import type { RunConfig } from './oci/documents.ts';
import { type Entry, file } from './oci/entry.ts';
import { account } from './sbom/account.ts';

export interface ProgramFiles {
  /** Each its own layer; what changes seldom comes first. */
  layers: { name: 'system' | 'node' | 'program'; origin: string; entries: Entry[] }[];
  /** CycloneDX. */
  bill: string;
  /** The licences of what is in it. */
  notices: string;
}

export interface ProgramOptions {
  /** For files that the layers refer to: it has to stay until they are written. */
  folder: string;
  /** Seconds since 1970. */
  created: number;
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** How a container of the image runs. The Dockerfile says the same, and a test compares them. */
export const PROGRAM_RUN: RunConfig = {
  User: `${USER}:${USER}`,
  // The variable and two flags are for a small memory: short-lived objects are few, and threads are for RSA alone.
  Env: ['PATH=/usr/local/bin:/usr/bin:/bin', 'MALLOC_ARENA_MAX=2'],
  Entrypoint: [`/${NODE_PATH}`, '--optimize-for-size', '--max-semi-space-size=2', '/app/dist/entrypoint.js'],
  WorkingDir: '/app',
  StopSignal: 'SIGTERM',
};

export const PROGRAM_LABELS: Record<string, string> = {
  'org.opencontainers.image.title': 'anweddol-operator',
  'org.opencontainers.image.description': 'The Anweddol operator, its server pods, and anwdl',
  'org.opencontainers.image.version': VERSION,
  'org.opencontainers.image.licenses': 'Apache-2.0',
};

const DOCUMENTS = 'usr/share/doc/anweddol-operator';

/** Everything that the image of the programs holds. @throws Error with one line that says what to do */
export async function programFiles({ folder, created, say, signal }: ProgramOptions): Promise<ProgramFiles> {
  say('bundling the programs');
  const programs = await bundlePrograms();
  const node = await nodeRuntime();
  const store = join(cacheFolder(), 'image', 'packages');
  const names = WANTED.map(({ name }) => name);
  const packages = await debianPackages(names, { store, folder, say, signal });
  const { bill, notices } = await account({ metafile: programs.metafile, node, packages, created });
  const versions = packages.map(({ name, version }) => `${name} ${version}`);
  return {
    layers: [
      { name: 'system', origin: `Debian 12: ${versions.join(', ')}`, entries: await systemFiles(packages) },
      { name: 'node', origin: `npm: ${node.package} ${node.version}`, entries: [node.entry] },
      {
        name: 'program',
        origin: `anweddol-operator ${VERSION}`,
        entries: [
          ...programs.entries,
          file(`${DOCUMENTS}/sbom.cdx.json`, bill),
          file(`${DOCUMENTS}/THIRD-PARTY.txt`, notices),
        ],
      },
    ],
    bill,
    notices,
  };
}
