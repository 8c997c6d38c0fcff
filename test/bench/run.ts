/**
 * `npm run bench`: runs the benchmarks one after the other, with what they need; `npm run bench -- queue reflector` runs
 * these; options, such as `-o json` after the last name, are theirs. Each prints its numbers with their limits; the exit
 * code is 1 when one is passed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { containerIso } from '../../src/main/demo/container-iso.ts';
import { DEMO_TOOLS, installTools } from '../../src/main/demo/tools.ts';
import { realTools } from '../support/real-tools.ts';

/** Those that need a machine's tools, the container ISO or a real control plane, and those that need nothing. */
const ON_A_CLUSTER = ['stat', 'idle', 'leader', 'scale', 'handout'];
const BENCHMARKS = ['server', 'attacks', 'stat', 'reflector', 'queue', 'idle', 'leader', 'scale', 'handout'];
/** An hour each, unless told otherwise: only when they are asked for. */
const LONG = ['soak', 'timing'];

const say = (line: string) => process.stderr.write(`${line}\n`);
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('-'));
const asked = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const unknown = asked.filter((name) => ![...BENCHMARKS, ...LONG].includes(name));
if (unknown.length > 0) {
  say(`bench: no benchmark "${unknown.join('", "')}"; there are ${[...BENCHMARKS, ...LONG].join(', ')}`);
  process.exit(2);
}

const names = asked.length > 0 ? asked : BENCHMARKS;
const cluster = names.some((name) => ON_A_CLUSTER.includes(name)) ? await clusterTools() : undefined;
let failed = 0;
try {
  for (const name of names) {
    say(`\n== ${name}`);
    const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    const env = { ...process.env, ...cluster?.environment };
    const [code] = await once(spawn(process.execPath, [program, ...options], { stdio: 'inherit', env }), 'close');
    if (code !== 0) failed += 1;
  }
} finally {
  await cluster?.close();
}
process.exit(failed > 0 ? 1 : 0);

async function clusterTools(): Promise<{ environment: NodeJS.ProcessEnv; close: () => Promise<void> }> {
  await installTools(DEMO_TOOLS, say);
  const iso = await containerIso(say);
  const tools = await realTools(say);
  return { environment: { ...tools.environment, CONTAINER_ISO: iso.path }, close: () => tools.close() };
}
