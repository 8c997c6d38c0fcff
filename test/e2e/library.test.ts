import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { dialUntilBanner } from '../../src/virtualization/ssh/dial.ts';
import { login } from '../../src/virtualization/ssh/session.ts';
import { dialLoopback } from '../support/raw-client.ts';
import { freePorts } from '../unit/library/free-ports.ts';
import { examples, type InstalledPackage, installPackage } from '../unit/library/installed-package.ts';
import { type Program, startProgram } from '../unit/library/program.ts';

/** Software emulation on a busy machine takes its time. */
const PATIENCE_MS = 120_000;

let installed: InstalledPackage;

before(async () => {
  if (!process.env.CONTAINER_ISO) throw new Error('CONTAINER_ISO is not set: run the tests by npm test');
  installed = await installPackage(['zod', 'ssh2']);
  for (const [name, code] of await examples()) await writeFile(join(installed.folder, name), code);
});

after(() => installed?.[Symbol.asyncDispose]());

/** The basic server and client of the library page, up to where the client has its container. */
async function created(t: TestContext) {
  const [port = 0, containerPort = 0] = await freePorts(1, 2);
  const env = { ...process.env, PORT: String(port), CONTAINER_PORT: String(containerPort) };
  const signal = AbortSignal.any([t.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const start = (file: string): Program => {
    const program = startProgram(file, { cwd: installed.folder, env, signal });
    t.after(() => program.end());
    return program;
  };
  const server = start('server.ts');
  await server.line(/^listening on port (\d+)$/);
  const client = start('client.ts');
  await client.line(/^version \S+, up for \d+ s, 2 containers to be had$/);
  await client.line(/^\{ said: 'hello' \}$/);
  const [, listenPort, username = ''] = await client.line(/^ssh -p (\d+) (user_\d{5})@127\.0\.0\.1$/);
  const [, password = ''] = await client.line(/^password: (\w{120})$/);
  return { server, client, port, listenPort: Number(listenPort), username, password, signal };
}

test('the basic server and client of the library page give out a machine that boots in QEMU', async (t) => {
  const { server, client, port, listenPort, username, password, signal } = await created(t);
  const socket = await dialUntilBanner('127.0.0.1', listenPort, signal);
  const session = await login(socket, { username, password }, signal);
  // Itself, and where QEMU's network has this host. That it reaches itself shows that the way of asking works.
  const places = `127.0.0.1:22 10.0.2.2:${port}`;
  const reach = `for to in ${places}; do timeout 3 nc \${to%:*} \${to#*:} < /dev/null > /dev/null 2>&1 && echo $to; done`;
  const { stdout } = await session.run(`id -un; ${reach}; true`, signal);
  session.close();
  assert.equal(stdout, `${username}\n127.0.0.1:22\n`);

  client.child.stdin.write('\n');
  await client.line(/^destroyed$/);
  assert.deepEqual(await client.ended, [0, null]);
  await server.line(/^container \S{36} is gone$/);
  server.child.kill('SIGINT');
  await server.line(/^running: true, errors: 0, up for \d+ s, 2 containers to be had$/);
  await server.line(/^stopped$/);
  assert.deepEqual(await server.ended, [0, null]);
  assert.deepEqual([server.said(), client.said()], ['', '']);
});

test('the basic server leaves no machine behind when it ends', async (t) => {
  const { server, listenPort, signal } = await created(t);
  const machine = (await dialLoopback(listenPort)).resume();
  server.child.kill('SIGINT');
  await once(machine, 'close', { signal });
  assert.deepEqual(await server.ended, [0, null]);
  await assert.rejects(dialLoopback(listenPort), { code: 'ECONNREFUSED' });
});
