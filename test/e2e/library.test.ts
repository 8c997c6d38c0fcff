import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dialUntilBanner } from '../../src/virtualization/ssh/dial.ts';
import { login } from '../../src/virtualization/ssh/session.ts';
import { examples, installPackage } from '../unit/library/installed-package.ts';

/** Software emulation on a busy machine takes its time. */
const PATIENCE_MS = 180_000;

test('the basic server and client of the library page give out a machine that boots in QEMU', async (t) => {
  const iso = process.env.CONTAINER_ISO;
  if (!iso) throw new Error('CONTAINER_ISO is not set: run the tests by npm test');
  await using installed = await installPackage(['zod', 'ssh2']);
  const { folder } = installed;
  for (const [name, code] of await examples()) await writeFile(join(folder, name), code);
  const [port = 0, containerPort = 0] = await freePorts();
  const env = { ...process.env, CONTAINER_ISO: iso, PORT: String(port), CONTAINER_PORT: String(containerPort) };
  const signal = AbortSignal.any([t.signal, AbortSignal.timeout(PATIENCE_MS)]);

  const server = program(t, 'server.ts', { cwd: folder, env });
  await server.line(/^listening on port (\d+)$/, signal);
  const client = program(t, 'client.ts', { cwd: folder, env });
  await client.line(/^version \S+, up for \d+ s, 2 containers to be had$/, signal);
  await client.line(/^\{ said: 'hello' \}$/, signal);

  const [, listenPort, username = ''] = await client.line(/^ssh -p (\d+) (user_\d{5})@127\.0\.0\.1$/, signal);
  const [, password = ''] = await client.line(/^password: (\w{120})$/, signal);
  const socket = await dialUntilBanner('127.0.0.1', Number(listenPort), signal);
  const session = await login(socket, { username, password }, signal);
  const { stdout } = await session.run('id -un; timeout 3 nc 10.0.2.2 22 < /dev/null || echo unreachable', signal);
  session.close();
  assert.equal(stdout, `${username}\nunreachable\n`);

  client.child.stdin?.write('\n');
  await client.line(/^destroyed$/, signal);
  assert.deepEqual(await client.ended, [0, null]);
  await server.line(/^container \S{36} is gone$/, signal);
  server.child.kill('SIGINT');
  await server.line(/^running: true, errors: 0, up for \d+ s, 2 containers to be had$/, signal);
  await server.line(/^stopped$/, signal);
  assert.deepEqual(await server.ended, [0, null]);
  assert.deepEqual([server.said(), client.said()], ['', '']);
});

interface Program {
  child: ChildProcess;
  ended: Promise<unknown[]>;
  /** The first line of its output that fits, now or later. @throws when the program ends without it */
  line(pattern: RegExp, signal: AbortSignal): Promise<RegExpExecArray>;
  /** What it has written to its standard error. */
  said(): string;
}

function program(t: TestContext, file: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Program {
  const child = spawn(process.execPath, [file], { ...options, stdio: 'pipe' });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk));
  const ended = once(child, 'close');
  t.after(() => child.kill('SIGINT') && ended);
  const find = (pattern: RegExp) =>
    output
      .split('\n')
      .map((line) => pattern.exec(line))
      .find((match) => match !== null);
  const line = async (pattern: RegExp, signal: AbortSignal) => {
    for (let match = find(pattern); ; match = find(pattern)) {
      if (match) return match;
      if (child.exitCode !== null) throw new Error(`${file} ended without ${pattern}: ${output}${errors}`);
      await Promise.race([once(child.stdout, 'data', { signal }), ended]);
    }
  };
  return { child, ended, line, said: () => errors };
}

/** One, and one with another behind it that is free too. */
async function freePorts(): Promise<number[]> {
  const single = await listening(0);
  for (let first = 20_000 + (process.pid % 10_000); ; first += 2) {
    try {
      await (await listening(first)).close();
      await (await listening(first + 1)).close();
      await single.close();
      return [single.port, first];
    } catch {}
  }
}

async function listening(port: number): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
