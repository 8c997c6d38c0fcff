import { readdir } from 'node:fs/promises';

/** The names of the files in a folder that end so, in order; none where there is no such folder. */
export async function filesIn(folder: URL, ending: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.filter((name) => name.endsWith(ending)).toSorted();
}
