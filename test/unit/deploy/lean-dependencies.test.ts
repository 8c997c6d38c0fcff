import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { PROGRAM } from '../../../deploy/build-options.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Reads a configuration and speaks to a server: what programs do with the two dependencies. */
const ENTRY = `
import { createServer } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent } from 'undici';

const server = createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1');
await new Promise((listening) => server.once('listening', listening));
const config = new KubeConfig();
const origin = 'http://127.0.0.1:' + server.address().port;
config.loadFromClusterAndUser({ name: 'lab', server: origin, skipTLSVerify: true }, { name: 'me' });
const agent = new Agent();
const { body } = await agent.request({ origin: config.getCurrentCluster().server, path: '/', method: 'GET' });
process.stdout.write(await body.text());
await agent.close();
server.close();
`;

async function bundle(folder: string, contents: string): Promise<string> {
  const stdin = { contents, resolveDir: ROOT, loader: 'ts' } as const;
  await build({ ...PROGRAM, absWorkingDir: ROOT, stdin, outdir: folder, outExtension: { '.js': '.mjs' } });
  return join(folder, 'stdin.mjs');
}

test('a bundle works without the parts of its dependencies that it leaves out', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lean-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = await bundle(folder, ENTRY);
  const { stdout } = await promisify(execFile)(process.execPath, [path]);
  assert.equal(stdout, 'hello');
  const text = await readFile(path, 'utf8');
  assert.deepEqual(
    [text.includes('KubeConfig'), text.includes('V1PodSpec'), text.includes('SnapshotAgent')],
    [true, false, false],
  );
});

test('what is left out of undici can not be used unnoticed', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lean-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const contents = `import { MockAgent } from 'undici';\nconsole.log(MockAgent);\n`;
  await assert.rejects(bundle(folder, contents), /No matching export in "part-of:undici" for import "MockAgent"/);
});
