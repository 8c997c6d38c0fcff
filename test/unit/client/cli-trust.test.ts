import assert from 'node:assert/strict';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { KnownServersFile } from '../../../src/client/cli/known-servers/known-servers-file.ts';
import { TrustOnFirstUse } from '../../../src/client/cli/trust/first-use.ts';
import { formatPin } from '../../../src/client/tls/pins.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { runAnwdl } from '../../support/run-anwdl.ts';
import { startTestServer } from '../../support/test-server.ts';
import { OldServer } from './old-server.ts';

const first = await wrapperOf(recordedSessions(3).serverKey);
const second = await wrapperOf(recordedSessions(2).serverKey);
const FIRST = formatPin(first.publicKeySha256);
const SECOND = formatPin(second.publicKeySha256);

/** A server, and an environment with no known server. */
async function laboratory(context: TestContext, options: { log?: RecordedLog } = {}) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'anwdl-trust-'));
  const backend = new MemoryContainerBackend();
  const server = await startTestServer({ backend, rsaWrapper: first, ...options });
  context.after(async () => {
    await server.stopServer();
    await backend[Symbol.asyncDispose]();
    await folder.remove();
  });
  const file = join(folder.path, 'known_servers');
  const port = server.getListenPort();
  return { backend, server, port, target: `127.0.0.1:${port}`, file, env: { ANWDL_KNOWN_SERVERS: file } };
}

/** The same address with another key. */
async function remade(context: TestContext, port: number) {
  const backend = new MemoryContainerBackend();
  const server = await startTestServer({ backend, rsaWrapper: second, listenPort: port });
  context.after(() => server.stopServer());
  return backend;
}

const firstContact = (target: string, file: string, key = FIRST) =>
  `anwdl: first contact with ${target}: its RSA key ${key} is now known (${file})\n`;

const changed = (target: string, file: string, forget = `anwdl forget ${target}`) =>
  [
    `anwdl: ${target} shows another RSA key than before; nothing secret was sent to it`,
    `  known:  ${FIRST} (${file})`,
    `  shown:  ${SECOND}`,
    '  Either the server was made anew, or somebody between you and it poses as the server.',
    '  Ask those who run it whether the key shown is theirs. If it is, forget the known one and try again:',
    `  ${forget}`,
    '',
  ].join('\n');

test('the first contact stores the key and says so, the second is silent', async (context) => {
  const { target, file, env } = await laboratory(context);
  const { code, stderr } = await runAnwdl(['stat', target], { env });
  assert.deepEqual([code, stderr], [0, firstContact(target, file)]);
  assert.equal(await readFile(file, 'utf8'), `${target} rsa ${FIRST} generation=3\n`);
  const again = await runAnwdl(['stat', target], { env });
  assert.deepEqual([again.code, again.stderr], [0, '']);
});

test('create -o json has nothing but the container on standard output', async (context) => {
  const { target, file, env } = await laboratory(context);
  const { code, stdout, stderr } = await runAnwdl(['create', target, '-o', 'json'], { env });
  assert.deepEqual([code, stderr], [0, firstContact(target, file)]);
  assert.match(createdContainer(JSON.parse(stdout)).container_uuid, /^[0-9a-f-]{36}$/);
});

test('a server with another key is told nothing, until the known one is forgotten', async (context) => {
  const { server, port, target, file, env } = await laboratory(context);
  await runAnwdl(['stat', target], { env });
  await server.stopServer();
  const backend = await remade(context, port);

  const refused = await runAnwdl(['create', target], { env });
  assert.deepEqual(refused, { code: 3, stdout: '', stderr: changed(target, file) });
  assert.equal(backend.claimed, 0);
  assert.equal(await readFile(file, 'utf8'), `${target} rsa ${FIRST} generation=3\n`);

  const forgotten = await runAnwdl(['forget', target], { env });
  const line = `${target}  rsa  ${FIRST}  generation 3\n`;
  assert.deepEqual(forgotten, { code: 0, stdout: line, stderr: `anwdl: forgotten (${file}):\n` });
  const { code, stderr } = await runAnwdl(['stat', target], { env });
  assert.deepEqual([code, stderr], [0, firstContact(target, file, SECOND)]);
});

test('the command that forgets names the file where the command line did', async (context) => {
  const { server, port, target, file } = await laboratory(context);
  const named = ['--known-servers', `${file} of 'mine'`];
  await runAnwdl(['stat', target, ...named]);
  await server.stopServer();
  await remade(context, port);
  const { code, stderr } = await runAnwdl(['stat', target, ...named]);
  const forget = `anwdl forget ${target} --known-servers '${file} of '\\''mine'\\'''`;
  assert.deepEqual([code, stderr], [3, changed(target, `${file} of 'mine'`, forget)]);
});

test('a server that is asked twice must not show two keys, even where none can be stored', async () => {
  const told: string[] = [];
  const trust = new TrustOnFirstUse({
    server: 'lab:6150',
    kind: 'rsa',
    forgetCommand: 'anwdl forget lab:6150',
    notice: (text) => told.push(text),
  });
  await trust.check(first.publicKeySha256);
  await trust.check(first.publicKeySha256);
  assert.equal(told.length, 1);
  await assert.rejects(trust.check(second.publicKeySha256), {
    exitCode: 3,
    message: 'lab:6150 shows another RSA key than before; nothing secret was sent to it',
  });
});

test('of two programs that meet a server at the same time, one is told that the other saw another key', async (context) => {
  const { file: path, target } = await laboratory(context);
  const met = (notice: (text: string) => void) =>
    new TrustOnFirstUse({
      ...{ server: target, kind: 'rsa', forgetCommand: `anwdl forget ${target}`, notice },
      file: new KnownServersFile(path),
    });
  const told: string[] = [];
  const checks = [first, second].map((key) => met((text) => told.push(text)).check(key.publicKeySha256));
  const outcomes = await Promise.allSettled(checks);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal(told.length, 1);
  assert.equal((await readFile(path, 'utf8')).split('\n').length, 2);
});

test('pins are looked at in place of the known servers', async (context) => {
  const { target, file, env } = await laboratory(context);
  await writeFile(file, 'nonsense\n');
  const good = await runAnwdl(['stat', target, '--pin', SECOND, '--pin', first.publicKeySha256], { env });
  assert.deepEqual([good.code, good.stderr], [0, '']);
  assert.deepEqual(await runAnwdl(['create', target, '--pin', SECOND], { env }), {
    code: 3,
    stdout: '',
    stderr: `anwdl: the server's RSA key has the fingerprint ${FIRST}, expected is ${SECOND}\n`,
  });
  assert.equal(await readFile(file, 'utf8'), 'nonsense\n');
});

test('--insecure accepts any key, stores none, and says so', async (context) => {
  const { target, file, env } = await laboratory(context);
  await writeFile(file, `${target} rsa ${SECOND}\n`);
  const { code, stderr } = await runAnwdl(['stat', target, '--insecure'], { env });
  assert.deepEqual([code, stderr], [0, `anwdl: --insecure: whatever key ${target} shows is accepted\n`]);
  assert.equal(await readFile(file, 'utf8'), `${target} rsa ${SECOND}\n`);
});

test('a malformed file is told by name and line, and no server is asked', async (context) => {
  const { backend, target, file, env } = await laboratory(context);
  await writeFile(file, `# mine\n${target} rsa ${FIRST} generation=9\n`);
  const stderr = `anwdl: the known-servers file ${file} is malformed, line 2: the generation has to be 1, 2 or 3\n`;
  for (const args of [['create', target], ['known'], ['forget', target]]) {
    assert.deepEqual(await runAnwdl(args, { env }), { code: 78, stdout: '', stderr });
  }
  assert.equal(backend.claimed, 0);
  assert.equal(await readFile(file, 'utf8'), `# mine\n${target} rsa ${FIRST} generation=9\n`);
});

test('without a place for the key it is taken, and one line says that it is not stored', async (context) => {
  const { target, file } = await laboratory(context);
  const taken = `anwdl: first contact with ${target}: its RSA key ${FIRST} is taken, but cannot be stored: `;
  const homeless = await runAnwdl(['stat', target]);
  assert.deepEqual(
    [homeless.code, homeless.stderr],
    [0, `${taken}there is no home folder, give --known-servers FILE\n`],
  );
  await writeFile(file, '');
  const below = await runAnwdl(['stat', target], { env: { HOME: file } });
  const path = `${file}/.config/anwdl/known_servers`;
  assert.deepEqual([below.code, below.stderr], [0, `${taken}${path}: a part of the path is no folder\n`]);
});

test('the key of a server is taken once in a run, even where it cannot be stored', async (context) => {
  const { target } = await laboratory(context);
  const { code, stderr } = await runAnwdl(['ssh', target, '--', 'exit', '0']);
  assert.equal(code, 0);
  assert.equal(stderr.split('first contact').length, 2);
});

test('the generation that a server is known to speak is used, and one that was asked for is not stored', async (context) => {
  const log = new RecordedLog();
  const { target, file, env } = await laboratory(context, { log });
  const spoken = async (...flags: string[]) => {
    const { code } = await runAnwdl(['stat', target, ...flags], { env });
    assert.equal(code, 0);
    const answered = log.entries.filter(({ message }) => message === 'request answered');
    return answered.at(-1)?.fields.generation;
  };
  await writeFile(file, `${target} rsa ${FIRST} generation=2 kept=yes\n`);
  assert.equal(await spoken(), 2);
  assert.equal(await spoken('--generation', '1'), 1);
  assert.equal(await spoken('--generation', '3'), 3);
  assert.equal(await readFile(file, 'utf8'), `${target} rsa ${FIRST} generation=2 kept=yes\n`);
});

test('the generation that is found out is stored, used the next time, and replaced when it is no longer true', async (context) => {
  const { file, env } = await laboratory(context);
  const response = { success: true, message: 'OK', data: { version: '2.0.0', uptime: 1 } };
  await using server = await OldServer.start({ rsa: first, generation: 2, response });
  const target = `127.0.0.1:${server.port}`;
  const connectionsOf = async (...flags: string[]) => {
    const before = server.connections;
    const { code } = await runAnwdl(['stat', target, ...flags], { env });
    assert.equal(code, 0);
    return server.connections - before;
  };
  assert.ok((await connectionsOf()) > 1);
  assert.equal(await readFile(file, 'utf8'), `${target} rsa ${FIRST} generation=2\n`);
  assert.equal(await connectionsOf(), 1);
  server.options = { rsa: first, generation: 3, response };
  await connectionsOf();
  assert.equal(await readFile(file, 'utf8'), `${target} rsa ${FIRST} generation=3\n`);
  assert.equal(await connectionsOf(), 1);
});

test('what is known can be listed, for people and for programs', async (context) => {
  const { target, file, env } = await laboratory(context);
  const none = await runAnwdl(['known'], { env });
  assert.deepEqual(none, { code: 0, stdout: '', stderr: `anwdl: no server is known (${file})\n` });
  assert.deepEqual(JSON.parse((await runAnwdl(['known', '-o', 'json'], { env })).stdout), []);
  await runAnwdl(['stat', target], { env });
  await writeFile(file, `# mine\nx:1 tls ${SECOND}\n${await readFile(file, 'utf8')}`);
  const people = await runAnwdl(['known'], { env });
  const name = 'x:1'.padEnd(target.length);
  assert.deepEqual(people, {
    code: 0,
    stdout: `${name}  tls  ${SECOND}\n${target}  rsa  ${FIRST}  generation 3\n`,
    stderr: '',
  });
  assert.deepEqual(JSON.parse((await runAnwdl(['known', '-o', 'json'], { env })).stdout), [
    { server: 'x:1', kind: 'tls', key: SECOND },
    { server: target, kind: 'rsa', key: FIRST, generation: 3 },
  ]);
  assert.deepEqual(await runAnwdl(['known']), {
    code: 78,
    stdout: '',
    stderr: 'anwdl: there is no home folder: give --known-servers FILE\n',
  });
});

test('a host is forgotten on every port, a host and port on that one, and the rest stays', async (context) => {
  const { file, env } = await laboratory(context);
  const line = (server: string, kind: string) => `${server} ${kind} ${FIRST}\n`;
  const shown = (server: string, kind: string) => `${server}  ${kind}  ${FIRST}\n`;
  const others = `# mine\n${line('lab2:1', 'rsa')}\n${line('[::1]:1', 'rsa')}`;
  await writeFile(
    file,
    others + line('lab:1', 'rsa') + line('lab:1', 'tls') + line('lab:2', 'rsa') + line('lab:3', 'tls'),
  );
  const one = await runAnwdl(['forget', 'LAB:1'], { env });
  assert.equal(one.stdout, shown('lab:1', 'rsa') + shown('lab:1', 'tls'));
  const all = await runAnwdl(['forget', 'lab', '-o', 'json'], { env });
  assert.deepEqual(JSON.parse(all.stdout), [
    { server: 'lab:2', kind: 'rsa', key: FIRST },
    { server: 'lab:3', kind: 'tls', key: FIRST },
  ]);
  assert.equal(await readFile(file, 'utf8'), others);
  assert.equal((await runAnwdl(['forget', '::1'], { env })).stdout, shown('[::1]:1', 'rsa'));
  assert.deepEqual(await runAnwdl(['forget', 'lab:1'], { env }), {
    code: 1,
    stdout: '',
    stderr: `anwdl: nothing is known of lab:1 (${file})\n`,
  });
});
