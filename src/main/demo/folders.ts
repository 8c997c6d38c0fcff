import { mkdir, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What outlives a run: the ISO, tools that were built. */
export function cacheFolder(): string {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.ANWEDDOL_CACHE || join(caches, 'anweddol-operator');
}

/** A folder for one run, gone with it. It holds keys and tokens: nobody else may read it. */
export async function runFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const runs = join(cacheFolder(), 'run');
  await removeAbandoned(runs);
  const path = join(runs, `${name}-${process.pid}`);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What a run left that was killed before it could clean up. */
async function removeAbandoned(runs: string): Promise<void> {
  for (const name of await readdir(runs).catch(() => [])) {
    const pid = Number(name.slice(name.lastIndexOf('-') + 1));
    if (!isRunning(pid)) await rm(join(runs, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
