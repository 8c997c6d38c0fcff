/** The programs that the demo and the tests need from the machine, and how to get those that are missing. */
import { spawn } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export interface Tool {
  /** The program to look for on the PATH. */
  program: string;
  /** The Debian packages that bring it. */
  packages: string[];
}

export const DEMO_TOOLS: Tool[] = [
  { program: 'qemu-system-x86_64', packages: ['qemu-system-x86', 'seabios', 'ipxe-qemu'] },
  { program: 'xorriso', packages: ['xorriso'] },
  { program: 'cpio', packages: ['cpio'] },
];

/** A machine that lacks something we can't install: one line that says what to do. */
class MissingTools extends Error {
  override readonly name = 'MissingTools';
}

/**
 * Installs what is missing, where that can be done without asking (Debian, as root).
 * @param say told what is about to happen
 * @throws MissingTools elsewhere, with the one command to run
 */
export async function installTools(tools: Tool[], say: (line: string) => void): Promise<void> {
  const missing: Tool[] = [];
  for (const tool of tools) if (!(await findProgram(tool.program))) missing.push(tool);
  if (missing.length === 0) return;
  const packages = missing.flatMap((tool) => tool.packages).join(' ');
  const programs = missing.map((tool) => tool.program).join(', ');
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages}`;
  if (!(await isDebian()))
    throw new MissingTools(`install ${programs} (on Debian the packages ${packages}), then run this again`);
  if (process.getuid?.() !== 0) throw new MissingTools(`${programs} missing; run: sudo sh -c '${command}'`);
  say(`installing ${packages}`);
  await runInstaller(command, packages);
}

/** The path of a program on the PATH, if it is there. */
export async function findProgram(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder && found) return path;
  }
  return undefined;
}

async function isDebian(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*debian/m.test(release) && (await findProgram('apt-get')) !== undefined;
}

/** Another apt may be at work: wait for its lock rather than fail. */
async function runInstaller(command: string, packages: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const script = command.replaceAll('apt-get', 'apt-get -o DPkg::Lock::Timeout=300 -q');
  const child = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-2000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  if ((await promise) !== 0) {
    const last = output.trim().split('\n').at(-1) ?? '';
    throw new MissingTools(`could not install ${packages}: ${last}; run: ${command}`);
  }
}
