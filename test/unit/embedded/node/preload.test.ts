import assert from 'node:assert/strict';
import { type ChildProcess, execFile, fork as forkProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { PodView } from '../../../../src/embedded/node/preload/pod-view.ts';

const PRELOAD = new URL('../../../../src/embedded/node/preload/main.ts', import.meta.url).href;

test("a program finds the pod's files with every way to read and write, and keeps its own", async (t) => {
  const { folder, view } = pod(t);
  const program = `
    import { createReadStream, existsSync, readFileSync, statSync, openSync, readSync, writeFileSync, watch } from 'node:fs';
    import { open, readFile, readdir, stat } from 'node:fs/promises';
    import fs from 'node:fs';
    const said = [];
    said.push(readFileSync('/etc/pod/file', 'utf8'), await readFile('/etc/pod/file', 'utf8'));
    said.push(await fs.promises.readFile('/etc/pod/file', 'utf8'), String(existsSync('/etc/pod/none')));
    said.push(String(statSync('/etc/pod/file').size), String((await stat('/etc/pod/file')).size));
    said.push((await readdir('/etc/pod')).join());
    const bytes = Buffer.alloc(7);
    readSync(openSync('/etc/pod/file'), bytes);
    said.push(bytes.toString());
    const handle = await open('/etc/pod/file');
    said.push((await handle.readFile()).toString());
    await handle.close();
    for await (const chunk of createReadStream('/etc/pod/file')) said.push(chunk.toString());
    writeFileSync('/tmp/written', 'scratch');
    watch('/etc/pod').close();
    process.stdout.write(said.join('|'));
  `;
  const output = await run(program, view, folder);
  assert.equal(
    output,
    ['content', 'content', 'content', 'false', '7', '7', 'file', 'content', 'content', 'content'].join('|'),
  );
  assert.equal(readFileSync(join(folder, 'scratch', 'written'), 'utf8'), 'scratch');
});

test('two pods listen on the same port, and find each other by their pod addresses', async (t) => {
  const one = pod(t, '127.244.250.1');
  const two = pod(t, '127.244.250.2');
  const program = `
    import { createServer, get } from 'node:http';
    const server = createServer((request, response) => response.end('from ' + request.socket.localAddress));
    await new Promise((resolve) => server.listen(16150, '0.0.0.0', resolve));
    process.send('listening');
    process.once('message', async () => {
      const answers = [await (await fetch('http://10.244.250.1:16150/')).text()];
      answers.push(await new Promise((resolve) =>
        get({ host: '10.244.250.2', port: 16150, agent: false }, (response) =>
          response.setEncoding('utf8').once('data', resolve))));
      process.send(answers.join());
      process.once('message', () => process.exit());
    });
  `;
  const children = [one, two].map(({ folder, view }) => fork(program, view, folder));
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  await Promise.all(children.map((child) => message(child)));
  for (const child of children) child.send('ask');
  const answers = await Promise.all(children.map((child) => message(child)));
  assert.deepEqual(answers, Array(2).fill('from 127.244.250.1,from 127.244.250.2'));
});

function pod(t: { after(end: () => void): void }, listenHost = '127.244.250.3'): { folder: string; view: PodView } {
  const folder = mkdtempSync(join(tmpdir(), 'pod-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'files'));
  mkdirSync(join(folder, 'scratch'));
  writeFileSync(join(folder, 'files', 'file'), 'content');
  const mounts = [
    { path: '/etc/pod', target: join(folder, 'files') },
    { path: '/tmp', target: join(folder, 'scratch') },
  ];
  return { folder, view: { listenHost, shift: false, keep: [folder], mounts } };
}

function programFile(program: string, folder: string): string {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  return file;
}

function environment(view: PodView): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${PRELOAD}`, ANWEDDOL_POD_VIEW: JSON.stringify(view) };
}

async function run(program: string, view: PodView, folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [programFile(program, folder)], {
    env: environment(view),
  });
  return stdout;
}

function fork(program: string, view: PodView, folder: string): ChildProcess {
  return forkProcess(programFile(program, folder), { env: environment(view), execArgv: [] });
}

async function message(child: ChildProcess): Promise<unknown> {
  const [said] = await once(child, 'message');
  return said;
}
