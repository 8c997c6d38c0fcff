/** The project as the Dockerfile's build stage has it, at another path. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './make-image.ts';

/** What the Dockerfile copies from here, such as `src`. */
export async function copiedPaths(): Promise<string[]> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const copies = [...text.matchAll(/^COPY (?!--from=)(.*)$/gm)];
  return copies.flatMap(([, words = '']) => words.split(' ').slice(0, -1));
}

/**
 * Makes a folder of those paths, and of the packages that are installed here, as `npm ci` would.
 * @param folder that is not there yet
 */
export async function copySources(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const path of await copiedPaths()) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  await copyFolder(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** By hard links where that can be. Not by a link to the folder: the bundler would know from it where it is. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const copy = promisify(execFile);
  await copy('cp', ['-aT', '--link', from, to]).catch(() => copy('cp', ['-aT', from, to]));
}
