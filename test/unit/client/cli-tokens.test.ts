import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { CliError } from '../../../src/client/cli/errors.ts';
import { AccessTokens } from '../../../src/server/access/access-tokens.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { type AnwdlRun, runAnwdl } from '../../support/run-anwdl.ts';
import { startTestServer } from '../../support/test-server.ts';

const rsaWrapper = await wrapperOf(recordedSessions(3).serverKey);
const TOKEN = 'Access_Token-'.repeat(10).slice(0, 124);
const OTHER = 'Other_Token-x'.repeat(10).slice(0, 124);

/** A server that asks for a token, a file that holds it, and flags that need no known servers. */
async function laboratory(context: TestContext) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'anwdl-tokens-'));
  const backend = new MemoryContainerBackend();
  const sha256 = createHash('sha256').update(TOKEN).digest('hex');
  const accessTokens = new AccessTokens([{ sha256, enabled: true, expiresAt: undefined }], new FakeClock());
  const server = await startTestServer({ backend, rsaWrapper, accessTokens, web: { listenPort: 0 } });
  context.after(async () => {
    await server.stopServer();
    await backend[Symbol.asyncDispose]();
    await folder.remove();
  });
  const file = join(folder.path, 'token');
  await writeFile(file, `${TOKEN}\n`);
  const anweddol = [`127.0.0.1:${server.getListenPort()}`, '--pin', rsaWrapper.publicKeySha256];
  const web = [`127.0.0.1:${server.getWebListenPort()}`, '--web'];
  return { backend, folder: folder.path, file, ways: { anweddol, web } };
}

const answered = ({ code, stderr }: AnwdlRun) => [code, stderr];

for (const way of ['anweddol', 'web'] as const) {
  test(`the access token is sent over ${way}, from a file, standard input or the environment`, async (context) => {
    const { file, ways } = await laboratory(context);
    const stat = ['stat', ...ways[way]];
    const none = await runAnwdl(stat);
    assert.deepEqual(answered(none), [
      1,
      'anwdl: the server answered: Bad request (reason : Access token is required)\n',
    ]);
    assert.deepEqual(answered(await runAnwdl([...stat, '--access-token', file])), [0, '']);
    assert.deepEqual(answered(await runAnwdl([...stat, '--access-token', '-'], { stdin: `${TOKEN}\r\n` })), [0, '']);
    assert.deepEqual(answered(await runAnwdl(stat, { env: { ANWDL_ACCESS_TOKEN: TOKEN } })), [0, '']);
    const overridden = await runAnwdl([...stat, '--access-token', file], { env: { ANWDL_ACCESS_TOKEN: OTHER } });
    assert.deepEqual(answered(overridden), [0, '']);
    assert.deepEqual(answered(await runAnwdl(stat, { env: { ANWDL_ACCESS_TOKEN: OTHER } })), [
      1,
      'anwdl: the server answered: Bad authentication (reason : Invalid access token)\n',
    ]);
  });
}

test('a container that the protocol has no name for is wrong usage, and no server is asked', async () => {
  const args = ['destroy', '127.0.0.1:1', '--insecure', '--web', '--tls', '--token', 'a'.repeat(255), '--uuid', 'mine'];
  const { code, stderr } = await runAnwdl(args);
  assert.deepEqual([code, stderr.split('\n')[1]], [64, 'anwdl: parameters.container_uuid: must be a lower-case UUID']);
});

test('destroy takes both tokens, one of them from standard input', async (context) => {
  const { backend, file, ways } = await laboratory(context);
  const uuid = '123e4567-e89b-42d3-a456-426614174000';
  const destroy = ['destroy', ...ways.anweddol, '--uuid', uuid];
  for (const [flags, stdin] of [
    [['--token', '-', '--access-token', file], 'a'.repeat(255)],
    [['--token', 'a'.repeat(255), '--access-token', '-'], TOKEN],
  ] as const) {
    backend.put(uuid, 'a'.repeat(255));
    assert.deepEqual(answered(await runAnwdl([...destroy, ...flags], { stdin })), [0, '']);
    assert.equal(backend.containers.size, 0);
  }
});

test('what is no access token is refused by its form, and not shown', async (context) => {
  const { folder, ways } = await laboratory(context);
  const form = 'is no access token: it has to be 124 letters, digits, "-" or "_"\n';
  for (const text of ['', TOKEN.slice(1), `${TOKEN}x`, `${TOKEN} ${TOKEN}`, `${TOKEN.slice(1)}!`, 'x'.repeat(4000)]) {
    const file = join(folder, 'wrong');
    await writeFile(file, text);
    assert.deepEqual(await runAnwdl(['stat', ...ways.anweddol, '--access-token', file]), {
      code: 64,
      stdout: '',
      stderr: `anwdl: what ${file} gives ${form}`,
    });
    assert.deepEqual(await runAnwdl(['stat', ...ways.anweddol, '--access-token', '-'], { stdin: text }), {
      code: 64,
      stdout: '',
      stderr: `anwdl: what standard input gives ${form}`,
    });
  }
  const { stderr } = await runAnwdl(['stat', ...ways.anweddol], { env: { ANWDL_ACCESS_TOKEN: TOKEN.slice(1) } });
  assert.equal(stderr, `anwdl: what ANWDL_ACCESS_TOKEN gives ${form}`);
});

test('an interruption ends the wait for standard input', async (context) => {
  const { ways } = await laboratory(context);
  const interrupt = new AbortController();
  const stdin = new PassThrough();
  stdin.once('newListener', () => setImmediate(() => interrupt.abort(new CliError(130, 'interrupted'))));
  const run = await runAnwdl(['stat', ...ways.anweddol, '--access-token', '-'], { stdin, signal: interrupt.signal });
  assert.deepEqual(run, { code: 130, stdout: '', stderr: 'anwdl: interrupted\n' });
});

test('no more of standard input is read than a token could have', async (context) => {
  const { ways } = await laboratory(context);
  let given = 0;
  const endless = Readable.from(
    (function* () {
      for (; given < 1000; given += 1) yield 'x'.repeat(1000);
    })(),
  );
  const { code } = await runAnwdl(['stat', ...ways.anweddol, '--access-token', '-'], { stdin: endless });
  assert.equal(code, 64);
  assert.ok(given < 100);
});

test('a file that cannot be read, or is larger than any token, is one line', async (context) => {
  const { folder, ways } = await laboratory(context);
  const stat = ['stat', ...ways.anweddol, '--access-token'];
  const nowhere = join(folder, 'nowhere');
  assert.deepEqual(await runAnwdl([...stat, nowhere]), {
    code: 64,
    stdout: '',
    stderr: `anwdl: the access token cannot be read from ${nowhere}: no such file or folder\n`,
  });
  const large = join(folder, 'large');
  await writeFile(large, TOKEN.repeat(100));
  assert.equal(
    (await runAnwdl([...stat, large])).stderr,
    `anwdl: the access token cannot be read from ${large}: ${large} is larger than 4096 bytes\n`,
  );
});

test('ssh is not given the tokens: it may send its environment to the container', async (context) => {
  const { folder, ways } = await laboratory(context);
  await writeFile(join(folder, 'ssh'), `#!/bin/sh\n/usr/bin/env > '${folder}/environment'\n`, { mode: 0o755 });
  const env = { ANWDL_ACCESS_TOKEN: TOKEN, ANWDL_TOKEN: OTHER, KEPT: 'kept', PATH: folder };
  const { code } = await runAnwdl(['ssh', ...ways.anweddol], { env });
  const environment = await readFile(join(folder, 'environment'), 'utf8');
  assert.equal(code, 0);
  assert.match(environment, /^KEPT=kept$/m);
  assert.equal(environment.includes(TOKEN) || environment.includes(OTHER), false);
});

test('no secret gets into what is told, whatever goes wrong', async (context) => {
  const { backend, folder, file, ways } = await laboratory(context);
  const wrong = join(folder, 'wrong');
  await writeFile(wrong, OTHER.slice(1));
  const clientToken = 'Client_Token-'.repeat(20).slice(0, 255);
  const uuid = '123e4567-e89b-42d3-a456-426614174000';
  const runs: AnwdlRun[] = [];
  for (const way of [ways.anweddol, ways.web]) {
    const created = await runAnwdl(['create', ...way, '--access-token', file, '-o', 'json']);
    const container = createdContainer(JSON.parse(created.stdout));
    assert.equal(created.stderr, '');
    const token = container.client_token;
    const key = ['--uuid', container.container_uuid];
    const other = ['--uuid', uuid, '--token', clientToken];
    runs.push(
      await runAnwdl(['destroy', ...way, '--access-token', wrong, ...other]),
      await runAnwdl(['destroy', ...way, ...other], { env: { ANWDL_ACCESS_TOKEN: OTHER } }),
      await runAnwdl(['destroy', ...way, '--access-token', file, ...other]),
      await runAnwdl(['destroy', ...way, '--access-token', file, '--uuid', 'no-uuid', '--token', token]),
      await runAnwdl(['destroy', ...way, '--access-token', file, ...key, '--token', `${token}!`]),
      await runAnwdl(['destroy', ...way, '--access-token', file, ...key, '--token', token]),
      await runAnwdl(['destroy', ...way, '--access-token', '-', '--token', '-', ...key], { stdin: token }),
      await runAnwdl(['ssh', ...way, '--access-token', file, '--', 'exit', '3']),
      await runAnwdl(['stat', '127.0.0.1:1', '--access-token', file]),
    );
    for (const secret of [TOKEN, OTHER.slice(1), clientToken, token, container.container_password]) {
      for (const { stdout, stderr } of runs) assert.equal(`${stdout}${stderr}`.includes(secret.slice(0, 40)), false);
    }
  }
  assert.deepEqual(
    runs.map(({ code }) => code),
    [64, 1, 1, 64, 64, 0, 64, 3, 2, 64, 1, 1, 64, 64, 0, 64, 3, 2],
  );
  assert.equal(backend.containers.size, 0);
});
