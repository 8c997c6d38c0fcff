import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The disk file of a container disk image: the path itself, or the only file in `disk/` of an image's folder.
 * @throws Error when the folder holds no disk file, or several
 */
export function diskFile(path: string): string {
  if (!statSync(path).isDirectory()) return path;
  const folder = join(path, 'disk');
  const [file, ...others] = readdirSync(folder);
  if (!file || others.length > 0) throw new Error(`${folder} must hold exactly one file`);
  return join(folder, file);
}
