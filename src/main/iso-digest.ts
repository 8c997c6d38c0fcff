import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Where a container leaves its last words; they become part of the pod's status. */
const TERMINATION_LOG = '/dev/termination-log';

/** `iso-digest FOLDER`: leaves the SHA-256 of the one file under FOLDER, hex, as the container's termination message. */
export async function main([folder = '']: string[]): Promise<void> {
  try {
    const hash = createHash('sha256');
    await pipeline(createReadStream(await onlyFile(folder)), hash);
    await writeFile(TERMINATION_LOG, hash.digest('hex'));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** A containerDisk image holds exactly one file, under /disk; a claim holds disk.img. */
async function onlyFile(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const [file] = files;
  if (files.length !== 1 || !file)
    throw new Error(`expected one ISO in the image or claim, found ${files.length} files`);
  return join(file.parentPath, file.name);
}
