/**
 * `npm run bench -- scale`: the operator with a thousand servers, with one server of a thousand containers, and with a hundred
 * of ten, on the real control plane where there is one, else in memory. `--servers`, `--one` or `--hundred` runs that alone.
 */
import { runFolder } from '../../src/main/demo/folders.ts';
import { manyContainers } from './operator/many-containers.ts';
import { manyServers } from './operator/many-servers.ts';
import { Table } from './server/table.ts';

const args = process.argv.slice(2);
const table = new Table(args);
const folder = await runFolder('bench-scale');
const parts = {
  '--servers': () => manyServers(table, folder.path),
  '--one': () => manyContainers(table, folder.path, { servers: 1, each: Number(process.env.CONTAINERS ?? 1000) }),
  '--hundred': () =>
    manyContainers(table, folder.path, { servers: Number(process.env.CONTAINERS ?? 1000) / 10, each: 10 }),
};
const asked = Object.entries(parts).filter(([name]) => args.includes(name));
try {
  for (const [, run] of asked.length > 0 ? asked : Object.entries(parts)) await run();
  table.end();
} finally {
  await folder.remove();
}
process.exit();
