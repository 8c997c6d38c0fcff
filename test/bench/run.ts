/**
 * `npm run bench`: runs the benchmarks one after the other, with what they need; `npm run bench -- queue reflector` runs
 * these. Each prints its numbers with their limits; the exit code is 1 when one is passed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { containerIso } from '../../src/main/demo/container-iso.ts';
import { DEMO_TOOLS, installTools } from '../../src/main/demo/tools.ts';
import { realTools } from '../support/real-tools.ts';

const BENCHMARKS = ['stat', 'reflector', 'queue', 'idle', 'leader'];

const say = (line: string) => process.stderr.write(`${line}\n`);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  say(`bench: no benchmark "${unknown.join('", "')}"; there are ${BENCHMARKS.join(', ')}`);
  process.exit(2);
}
await installTools(DEMO_TOOLS, say);
const iso = await containerIso(say);
const tools = await realTools(say);
let failed = 0;
try {
  for (const name of asked.length > 0 ? asked : BENCHMARKS) {
    say(`\n== ${name}`);
    const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    const env = { ...process.env, ...tools.environment, CONTAINER_ISO: iso.path };
    const [code] = await once(spawn(process.execPath, [program], { stdio: 'inherit', env }), 'close');
    if (code !== 0) failed += 1;
  }
} finally {
  await tools.close();
}
process.exit(failed > 0 ? 1 : 0);
