/**
 * `npm test`: gets what the tests need and the machine lacks (QEMU, the container ISO, kubectl, the bundled programs),
 * then runs them all. Arguments are passed on: `npm test -- test/unit/wire/*.test.ts`, `npm test -- --test-name-pattern=…`.
 */
import { spawn } from 'node:child_process';
import { containerIso } from '../src/main/demo/container-iso.ts';
import { DEMO_TOOLS, installTools, type Tool } from '../src/main/demo/tools.ts';
import { kubectlProgram } from './support/kubectl.ts';

const TEST_TOOLS: Tool[] = [...DEMO_TOOLS, { program: 'ssh', packages: ['openssh-client'] }];
const ALL = ['test/unit/**/*.test.ts', 'test/e2e/**/*.test.ts'];

const say = (line: string) => process.stderr.write(`${line}\n`);
const args = process.argv.slice(2);
const files = args.filter((arg) => !arg.startsWith('-'));
const options = args.filter((arg) => arg.startsWith('-'));

await installTools(TEST_TOOLS, say);
const iso = await containerIso(say);
const kubectl = await kubectlProgram(say);

const child = spawn(
  process.execPath,
  [
    '--test',
    '--test-concurrency=2',
    '--test-timeout=300000',
    '--test-force-exit',
    ...options,
    ...(files.length > 0 ? files : ALL),
  ],
  {
    stdio: 'inherit',
    env: { ...process.env, KUBECTL: kubectl, CONTAINER_ISO: iso.path },
  },
);
child.once('close', (code) => {
  process.exitCode = code ?? 1;
});
