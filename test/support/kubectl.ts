import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/main/demo/folders.ts';
import { findProgram } from '../../src/main/demo/tools.ts';

const MODULE = fileURLToPath(new URL('../tools/kubectl/', import.meta.url));
/** The first minor release that reads all it needs of a cluster from OpenAPI v3. */
const OLDEST_MINOR = 30;

/**
 * A real kubectl: `KUBECTL`, else the one on the PATH if it is new enough, else built from its published Go module into
 * the cache, once (a minute on two cores).
 */
export async function kubectlProgram(say: (line: string) => void): Promise<string> {
  if (process.env.KUBECTL) return process.env.KUBECTL;
  const onPath = await findProgram('kubectl');
  if (onPath && (await minorOf(onPath)) >= OLDEST_MINOR) return onPath;
  const sources = await Promise.all(['go.mod', 'go.sum', 'main.go'].map((name) => readFile(join(MODULE, name))));
  const key = createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 16);
  const program = join(cacheFolder(), 'kubectl', key);
  if (await exists(program)) return program;
  say('building kubectl from its Go module, once');
  await build(program);
  return program;
}

async function minorOf(program: string): Promise<number> {
  const { stdout } = await promisify(execFile)(program, ['version', '--client', '-o', 'json']);
  return Number.parseInt(JSON.parse(stdout).clientVersion.minor, 10);
}

async function build(program: string): Promise<void> {
  await mkdir(join(program, '..'), { recursive: true });
  const [, version = 'v0.0.0'] =
    /k8s\.io\/kubectl v0\.(\S+)/.exec(await readFile(join(MODULE, 'go.mod'), 'utf8')) ?? [];
  const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) => [
    `-X ${path}.gitVersion=v1.${version}`,
    `-X ${path}.gitMajor=1`,
    `-X ${path}.gitMinor=${version.split('.')[0]}`,
    `-X ${path}.gitTreeState=clean`,
  ]);
  const unfinished = `${program}.${process.pid}`;
  const args = ['build', '-trimpath', '-ldflags', ['-s -w', ...stamps].join(' '), '-o', unfinished, '.'];
  const child = spawn('go', args, { cwd: MODULE, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 2, 2] });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  if ((await promise) !== 0) throw new Error('kubectl could not be built; set KUBECTL to one of release 1.30 or later');
  await rename(unfinished, program);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
