import { chmod, chown, copyFile, lutimes, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, withFolders } from './oci/entry.ts';

/**
 * Writes the entries as they would be in a container; owners only as root.
 * @param folder that is not there yet
 * @param mtime of every entry, in seconds since 1970
 */
export async function writeFiles(folder: string, entries: readonly Entry[], mtime: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const all = withFolders(entries);
  for (const entry of all) await writeEntry(join(folder, entry.path), entry);
  // Folders last: what is put into them changes their time.
  for (const { path } of all.reverse()) await lutimes(join(folder, path), mtime, mtime);
}

async function writeEntry(path: string, { type, mode, uid, gid, content, target }: Entry): Promise<void> {
  if (type === 'link') return symlink(target ?? '', path);
  if (type === 'folder') await mkdir(path);
  else if (content instanceof Uint8Array) await writeFile(path, content);
  else if (content) await copyFile(content.path, path);
  if (process.getuid?.() === 0) await chown(path, uid, gid);
  await chmod(path, mode);
}
