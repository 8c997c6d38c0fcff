/** The text that comes with the image: who wrote what is in it, and under which terms. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

export interface Notice {
  title: string;
  licence: string;
  text: string;
}

const NOTICE_FILE = /^(licen[cs]e|copying|notice|unlicense)/i;
const RULE = '='.repeat(80);
const Manifest = z.object({
  license: z.string().optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

/** What the files of an npm package say of its licence. @throws Error when none does */
export async function npmNotice(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => NOTICE_FILE.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  if (texts.length === 0) throw new Error(`${folder} has no licence text: add it, or do without the package`);
  return texts.map((text) => text.trim()).join('\n\n');
}

/** Of a package that the lock file names no licence of. */
export async function npmLicence(folder: string): Promise<string | undefined> {
  const { license, licenses } = Manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  return license ?? licenses?.map(({ type }) => type).join(' OR ');
}

/**
 * Debian's account of a package; undefined where the package points to that of another one.
 * @param folder of the unpacked package
 */
export async function debianNotice(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, 'usr/share/doc', name);
  return (await lstat(path)).isSymbolicLink() ? undefined : readFile(join(path, 'copyright'), 'utf8');
}

/** Pure. */
export function noticesText(introduction: string, notices: readonly Notice[]): string {
  const parts = notices.map(({ title, licence, text }) => `${RULE}\n${title}\n${licence}\n${RULE}\n\n${text.trim()}\n`);
  return [introduction, ...parts].join('\n');
}
