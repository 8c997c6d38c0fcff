import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What outlives a run: the ISO, tools that were built. */
export function cacheFolder(): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.ANWEDDOL_CACHE || join(caches, 'anweddol-operator');
}

/** A folder for one run, gone with it. It holds keys and tokens: nobody else may read it. */
export async function runFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = join(cacheFolder(), 'run', `${name}-${process.pid}`);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
