/**
 * `npm test`: gets what the tests need and the machine lacks (QEMU, the container ISO, a real control plane with kubectl and
 * helm, the bundled programs), then runs them all. Arguments are passed on: `npm test -- test/unit/wire/*.test.ts`,
 * `npm test -- --test-name-pattern=…`.
 */
import { spawn } from 'node:child_process';
import { containerIso } from '../src/main/demo/container-iso.ts';
import { DEMO_TOOLS, installTools, type Tool } from '../src/main/demo/tools.ts';
import { realTools } from './support/real-tools.ts';

const TEST_TOOLS: Tool[] = [
  ...DEMO_TOOLS,
  { program: 'ssh', packages: ['openssh-client'] },
  { program: 'promtool', packages: ['prometheus'] },
];
const ALL = ['unit', 'conformance', 'cluster', 'e2e', 'samples', 'upgrade', 'image', 'alerts', 'dashboards'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

const say = (line: string) => process.stderr.write(`${line}\n`);
const args = process.argv.slice(2);
const files = args.filter((arg) => !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));

await installTools(TEST_TOOLS, say);
const iso = await containerIso(say);
const tools = await realTools(say, { withChartTools: true }).catch((error: Error) => {
  say(`npm test: ${error.message}`);
  process.exit(1);
});

const child = spawn(
  process.execPath,
  [
    '--test',
    '--test-concurrency=2',
    '--test-timeout=300000',
    '--import=./test/support/end-of-file.ts',
    ...options,
    ...(files.length > 0 ? files : ALL),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, ...tools.environment, CONTAINER_ISO: iso.path },
  },
);
// Ctrl-C reaches the tests too: they end first, then what they need.
process.on('SIGINT', () => undefined).on('SIGTERM', () => child.kill('SIGTERM'));
child.once('close', async (code) => {
  await tools.close();
  process.exit(code ?? 1);
});
