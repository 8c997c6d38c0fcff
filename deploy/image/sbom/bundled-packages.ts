/** Which npm packages are in a bundle, from esbuild's account of it and the lock file. Pure. */
import type { Metafile } from 'esbuild';
import * as z from 'zod';

const LockedPackage = z.object({
  version: z.string(),
  integrity: z.string(),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});
export const LockFile = z.object({ packages: z.record(z.string(), z.unknown()) });
export type LockFile = z.infer<typeof LockFile>;

export interface BundledPackage {
  /** In node_modules, as the lock file has it. */
  path: string;
  name: string;
  version: string;
  /** SPDX, as the lock file has it; some old packages say it elsewhere. */
  licence?: string | undefined;
  /** Of the npm package, as Subresource Integrity has it. */
  integrity: string;
  /** Paths of those bundled packages that it asks for. */
  needs: string[];
}

/** The paths of packages of which at least one byte is in an output, ascending. */
export function packagePaths({ outputs }: Pick<Metafile, 'outputs'>): string[] {
  const paths = new Set<string>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const path = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (path && bytesInOutput > 0) paths.add(path);
    }
  }
  return [...paths].sort();
}

/** @throws Error when the lock file does not know one of them */
export function bundledPackages(metafile: Pick<Metafile, 'outputs'>, lock: LockFile): BundledPackage[] {
  const paths = packagePaths(metafile);
  return paths.map((path) => {
    const locked = LockedPackage.safeParse(lock.packages[path]);
    if (!locked.success) throw new Error(`${path} is not in package-lock.json: run npm ci`);
    const { version, integrity, license, dependencies = {} } = locked.data;
    const needs = Object.keys(dependencies).map((name) => resolved(path, name, lock));
    return {
      path,
      name: nameOf(path),
      version,
      licence: license,
      integrity,
      needs: needs.filter((need) => paths.includes(need)),
    };
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Where Node would find it: in the package's own folder, or in the nearest above. */
function resolved(from: string, name: string, { packages }: LockFile): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const path = `${folder && `${folder}/`}node_modules/${name}`;
    if (packages[path] || !folder) return path;
  }
}
