import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createdContainer } from '../../../src/wire/response.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const rsaWrapper = await wrapperOf(recordedSessions(3).serverKey);
/** So that nothing of these tests gets into the known servers of whoever runs them. */
const pin = ['--pin', rsaWrapper.publicKeySha256];
const program = new URL('../../../src/main/anwdl.ts', import.meta.url).pathname;

function start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, stdio: 'pipe' });
}

async function finished(child: ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  assert.ok(child.stdout && child.stderr);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

async function anwdl(args: string[], { env = {}, stdin = '' }: { env?: NodeJS.ProcessEnv; stdin?: string } = {}) {
  const child = start(args, env);
  child.stdin?.end(stdin);
  return finished(child);
}

test('stat, create and destroy do what they say, for people and for programs', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper });
  const target = `127.0.0.1:${server.getListenPort()}`;

  const people = await anwdl(['stat', target, ...pin]);
  assert.deepEqual({ ...people, stdout: '' }, { code: 0, stdout: '', stderr: '' });
  assert.match(people.stdout, /^version {4}0\.0\.0-test\nuptime {5}\d+\navailable {2}2\n$/);
  assert.equal(JSON.parse((await anwdl(['stat', target, ...pin, '-o', 'json'])).stdout).available, 2);

  const created = await anwdl(['create', target, ...pin, '-o', 'json']);
  assert.deepEqual([created.code, created.stderr], [0, '']);
  const container = createdContainer(JSON.parse(created.stdout));
  assert.equal(backend.containers.size, 1);

  const uuid = ['--uuid', container.container_uuid];
  const wrong = await anwdl(['destroy', target, ...pin, ...uuid, '--token', 'x'.repeat(255)]);
  assert.deepEqual(wrong, { code: 1, stdout: '', stderr: 'anwdl: the server answered: Bad authentication\n' });
  const right = await anwdl(['destroy', target, ...pin, ...uuid, '--token', '-'], {
    stdin: `${container.client_token}\n`,
  });
  assert.equal(right.code, 0);
  assert.equal(backend.containers.size, 0);
});

test('the token may come from the environment, and must come from somewhere', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper });
  const uuid = '123e4567-e89b-42d3-a456-426614174000';
  backend.put(uuid, 'a'.repeat(255));
  const args = ['destroy', `127.0.0.1:${server.getListenPort()}`, ...pin, '--uuid', uuid, '-o', 'json'];
  assert.equal((await anwdl(args)).code, 64);
  const { code, stdout } = await anwdl(args, { env: { ANWDL_TOKEN: 'a'.repeat(255) } });
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { container_uuid: uuid, destroyed: true });
});

test('a dead port is one line and exit code 2', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => listener.close(resolve));
  assert.deepEqual(await anwdl(['stat', `127.0.0.1:${port}`, ...pin]), {
    code: 2,
    stdout: '',
    stderr: `anwdl: can't connect to 127.0.0.1 port ${port}: connection refused\n`,
  });
});

test('a server that speaks another protocol is exit code 2, in one line', async () => {
  const listener = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end('HTTP/1.1 400 Bad\x1b[2J\r\n')),
  );
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const { code, stderr } = await anwdl([
    'stat',
    `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    ...pin,
  ]);
  assert.equal(code, 2);
  assert.match(stderr, /^anwdl: [\x20-\x7e]+\n$/);
  await new Promise((resolve) => listener.close(resolve));
});

test('ssh runs a command in a new container, ends with its exit code, and destroys the container', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper });
  const target = `127.0.0.1:${server.getListenPort()}`;
  const whoami = await anwdl(['ssh', target, ...pin, '--', 'id', '-un']);
  assert.match(whoami.stdout, /^user_[0-9]{5}\n$/);
  assert.deepEqual([whoami.code, whoami.stderr], [0, '']);
  assert.equal((await anwdl(['ssh', target, ...pin, '--', 'exit', '7'])).code, 7);
  assert.equal(backend.claimed, 2);
  assert.equal(backend.containers.size, 0);
});

test('ssh --keep leaves the container and tells its credentials', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper });
  const kept = await anwdl([
    'ssh',
    `127.0.0.1:${server.getListenPort()}`,
    ...pin,
    '--keep',
    '-o',
    'json',
    '--',
    'id',
    '-un',
  ]);
  const container = createdContainer(JSON.parse(kept.stderr));
  assert.equal(kept.stdout, `${container.container_username}\n`);
  assert.deepEqual([...backend.containers.keys()], [container.container_uuid]);
});

test('an interruption during the session destroys the container', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper });
  const child = start(['ssh', `127.0.0.1:${server.getListenPort()}`, ...pin, '--', 'wait']);
  child.stdin?.end();
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const { code, stdout, stderr } = await finished(child);
  assert.deepEqual({ code, stdout, stderr }, { code: 130, stdout: 'waiting\n', stderr: 'anwdl: interrupted\n' });
  assert.equal(backend.containers.size, 0);
});

test('an interruption while the container boots leaves no container', async () => {
  const booting = Promise.withResolvers<void>();
  const boot = (aborted: AbortSignal) => {
    booting.resolve();
    return new Promise<void>((_, reject) => aborted.addEventListener('abort', () => reject(aborted.reason)));
  };
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend({ boot });
  await using server = await startTestServer({ backend, rsaWrapper, log });
  const child = start(['ssh', `127.0.0.1:${server.getListenPort()}`, ...pin]);
  await booting.promise;
  child.kill('SIGTERM');
  assert.equal((await finished(child)).code, 143);
  await log.line('undelivered container destroyed');
  assert.equal(backend.containers.size, 0);
});

test('a container with another host key than the server announced gets no password', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper });
  const handOver = backend.handOver.bind(backend);
  backend.handOver = async (record, credentials, signal) => {
    credentials.hostKeyFingerprint = `SHA256:${'A'.repeat(43)}`;
    await handOver(record, credentials, signal);
  };
  const { code, stderr } = await anwdl(['ssh', `127.0.0.1:${server.getListenPort()}`, ...pin, '--', 'id', '-un']);
  assert.equal(code, 2);
  assert.equal(stderr, 'anwdl: the container shows another SSH host key than the server announced\n');
  assert.equal(backend.containers.size, 0);
});
