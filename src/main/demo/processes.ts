import { readdir, readFile } from 'node:fs/promises';

/** The QEMU processes that this process has started and that have not ended. */
export async function qemuProcesses(): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const statuses = await Promise.all(ids.map((id) => readFile(`/proc/${id}/status`, 'utf8').catch(() => '')));
  const ours = statuses.filter((status) => status.includes(`\nPPid:\t${process.pid}\n`) && /^Name:\tqemu/.test(status));
  return ours.map((status) => `process ${/^Pid:\t(\d+)/m.exec(status)?.[1]} ${/^Name:\t(\S+)/.exec(status)?.[1]}`);
}
