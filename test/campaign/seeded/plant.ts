import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeededBug } from './bugs.ts';

/** Puts a bug into a copy of the sources. @throws Error when what it changes is not there exactly once */
export async function plant({ name, file, search, replace }: SeededBug, root: string): Promise<void> {
  const path = join(root, file);
  const text = await readFile(path, 'utf8');
  const count = text.split(search).length - 1;
  if (count !== 1) throw new Error(`"${name}": what it changes is ${count} times in ${file}`);
  await writeFile(
    path,
    text.replace(search, () => replace),
  );
}
