import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VolumeFiles } from './volume-files.ts';

const UNFINISHED = '.unfinished';

/**
 * Makes a folder hold exactly these files. A file that changes is replaced in one step, so no reader sees half of it;
 * one that is the same is not touched.
 */
export async function writeFolder(folder: string, files: VolumeFiles): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, { bytes, mode }] of files) {
    const target = join(folder, path);
    if (!target.startsWith(`${folder}/`)) throw new RangeError(`${path} leaves the volume`);
    const before = await readFile(target).catch(() => undefined);
    if (before?.equals(bytes)) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target + UNFINISHED, bytes, { mode: 0o600 });
    await chmod(target + UNFINISHED, mode);
    await rename(target + UNFINISHED, target);
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (entry.isFile() && !files.has(path)) await rm(join(folder, path), { force: true });
  }
}
