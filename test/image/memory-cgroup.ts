/** The kernel's memory controller, in either of its versions. */
import { access, mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** Where the groups are that can be held to a memory limit; undefined where the kernel or our rights don't allow it. */
export async function memoryRoot(): Promise<string | undefined> {
  const first = join(ROOT, 'memory');
  if (await exists(join(first, 'memory.limit_in_bytes'))) return (await isWritable(first)) ? first : undefined;
  const controllers = await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => '');
  return controllers.split(/\s/).includes('memory') && (await isWritable(ROOT)) ? ROOT : undefined;
}

export interface MemoryUse {
  /** In bytes. */
  limit: number;
  /** Of its own, without files that are only cached. */
  resident: number;
}

export async function memoryUse(root: string, group: string): Promise<MemoryUse> {
  const read = (name: string) => readFile(join(root, group, name), 'utf8').catch(() => '');
  const statistics = await read('memory.stat');
  const limit = (await read('memory.limit_in_bytes')) || (await read('memory.max'));
  const resident = /^(?:total_rss|anon) (\d+)$/m.exec(statistics)?.[1];
  return { limit: Number(limit), resident: Number(resident) };
}

/** Removes groups of this name from every hierarchy, and says which were there. */
export async function removeGroups(name: string): Promise<string[]> {
  const roots = [ROOT, ...(await readdir(ROOT)).map((entry) => join(ROOT, entry))];
  const found: string[] = [];
  for (const root of roots) {
    const group = join(root, name);
    if (!(await exists(join(group, 'cgroup.procs')))) continue;
    found.push(group);
    await removeGroup(group);
  }
  return found;
}

async function removeGroup(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeGroup(join(path, entry.name));
  }
  await rmdir(path);
}

async function isWritable(root: string): Promise<boolean> {
  const probe = join(root, `anweddol-probe-${process.pid}`);
  return mkdir(probe).then(
    async () => {
      await rmdir(probe);
      return true;
    },
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
