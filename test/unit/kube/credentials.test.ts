import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { createTransport, type TransportOptions } from '../../../src/kube/transport.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Answer, ScriptedApiServer, sendJson, sendStatus } from '../../support/scripted-api-server.ts';
import { newAuthority } from '../../support/test-certificates.ts';

const GET = { method: 'GET', path: '/version', idempotent: true } as const;
const POST = { method: 'POST', path: '/api/v1/namespaces', body: {} } as const;

const unauthorized: Answer = (_, response) => sendStatus(response, 401, 'Unauthorized');
const ok: Answer = (_, response) => sendJson(response, 200, {});

/** Lets in who brings this token. */
const accepting =
  (token: string): Answer =>
  (request, response) =>
    (request.headers.authorization === `Bearer ${token}` ? ok : unauthorized)(request, response);

function newFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'kube-credentials-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function connectAs(t: TestContext, user: object, answer: Answer, options: Partial<TransportOptions> = {}) {
  const server = await ScriptedApiServer.start(answer);
  const config = loadKubeConfig({ kubeconfig: server.kubeconfig(user) });
  const transport = createTransport(config, { clock: systemClock, ...options });
  t.after(() => transport.close().then(() => server.close()));
  const tokens = () => server.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
  return { server, transport, tokens };
}

/** A credentials plugin whose every run gives another token: token-1, token-2, … */
function countingPlugin(t: TestContext) {
  const path = join(newFolder(t), 'plugin');
  const lines = [
    '#!/bin/sh',
    'echo run >> "$0.runs"',
    'echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"token-$(wc -l < "$0.runs" | tr -d " ")\\"}}"',
  ];
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
  const runs = () => readFileSync(`${path}.runs`, 'utf8').trim().split('\n').length;
  return { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: path } }, runs };
}

test('a token file is read for each call; it may end with a line break', async (t) => {
  const tokenFile = join(newFolder(t), 'token');
  writeFileSync(tokenFile, 'first\n');
  const { transport, tokens } = await connectAs(t, { tokenFile, token: 'of the kubeconfig' }, ok);
  await transport.call(GET);
  writeFileSync(tokenFile, 'second\n');
  await transport.call(GET);
  assert.deepEqual(tokens(), ['first', 'second']);
});

test('while a token file is away or empty the last token counts; without any token nothing is sent', async (t) => {
  const tokenFile = join(newFolder(t), 'token');
  const { server, transport, tokens } = await connectAs(t, { tokenFile }, ok);
  await assert.rejects(transport.call(GET), { reason: 'NoCredentials', message: /^no credentials: ENOENT/ });
  writeFileSync(tokenFile, ' \n');
  await assert.rejects(transport.call(GET), { reason: 'NoCredentials', message: /token file .* is empty/ });
  assert.equal(server.requests.length, 0);
  writeFileSync(tokenFile, 'first');
  await transport.call(GET);
  writeFileSync(tokenFile, '');
  await transport.call(GET);
  rmSync(tokenFile);
  await transport.call(GET);
  assert.deepEqual(tokens(), ['first', 'first', 'first']);
});

test("a pod's token and CA are read anew, so that both can be rotated", async (t) => {
  const folder = newFolder(t);
  const account = join(folder, 'var/run/secrets/kubernetes.io/serviceaccount');
  mkdirSync(account, { recursive: true });
  const [before, after] = [newAuthority('before'), newAuthority('after')];
  const server = await ScriptedApiServer.start(ok, before.issue('server'));
  const { hostname, port } = new URL(server.url);
  Object.assign(process.env, { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port });
  t.after(() => {
    delete process.env.KUBERNETES_SERVICE_HOST;
    delete process.env.KUBERNETES_SERVICE_PORT;
  });
  const write = (authority: { cert: string }, token: string): void => {
    writeFileSync(join(account, 'ca.crt'), authority.cert);
    writeFileSync(join(account, 'token'), token);
  };
  write(before, 'first');
  const config = new KubeConfig();
  config.loadFromCluster(folder);
  const transport = createTransport(config, { clock: systemClock });
  t.after(() => transport.close().then(() => server.close()));
  await transport.call(GET);
  server.replaceCertificate(after.issue('server'));
  server.cut();
  await server.until(({ openSockets }) => openSockets === 0);
  await assert.rejects(transport.call(GET), { reason: 'CertificateInvalid' });
  write(after, 'second');
  await transport.call(GET);
  const tokens = server.requests.map(({ headers }) => headers.authorization);
  assert.deepEqual(tokens, ['Bearer first', 'Bearer second']);
});

test('after 401 the credentials are read again and the call sent once more, a create too', async (t) => {
  const tokenFile = join(newFolder(t), 'token');
  for (const call of [GET, POST]) {
    writeFileSync(tokenFile, 'old');
    const { server, transport, tokens } = await connectAs(t, { tokenFile }, (request, response) => {
      // The kubelet replaces the token while the request is on its way.
      writeFileSync(tokenFile, 'new');
      accepting('new')(request, response);
    });
    assert.deepEqual(await transport.call(call), {});
    assert.deepEqual(tokens(), ['old', 'new']);
    assert.equal(server.requests[1]?.body, server.requests[0]?.body);
  }
});

test('after 401 a stream is opened once more', async (t) => {
  const { user } = countingPlugin(t);
  const { transport, tokens } = await connectAs(t, user, accepting('token-2'));
  await transport.stream('/', 1000, t.signal).next();
  assert.deepEqual(tokens(), ['token-1', 'token-2']);
});

test('a second 401 is the answer', async (t) => {
  const { server, transport } = await connectAs(t, { token: 'wrong' }, unauthorized);
  await assert.rejects(transport.call(GET), { code: 401, reason: 'Unauthorized' });
  assert.equal(server.requests.length, 2);
  await assert.rejects(transport.stream('/', 1000, t.signal).next(), { code: 401 });
  assert.equal(server.requests.length, 4);
});

test('of all attempts of a call one 401 is passed over, whatever else happens', async (t) => {
  const { server, transport } = await connectAs(t, { token: 'wrong' }, (request, response) =>
    server.requests.length === 2
      ? sendStatus(response, 429, 'TooManyRequests', 'later', { 'Retry-After': '0' })
      : unauthorized(request, response),
  );
  await assert.rejects(transport.call(GET), { code: 401 });
  assert.equal(server.requests.length, 3);
});

test("a plugin's credentials are kept until they are refused", async (t) => {
  const { user, runs } = countingPlugin(t);
  const { server, transport, tokens } = await connectAs(t, user, ok);
  await transport.call(GET);
  await transport.call(GET);
  server.answer = accepting('token-2');
  await transport.call(POST);
  await transport.call(GET);
  assert.deepEqual(tokens(), ['token-1', 'token-1', 'token-1', 'token-2', 'token-2']);
  assert.equal(runs(), 2);
});

test('calls at the same time share one run of the plugin, and one more when they are refused', async (t) => {
  const { user, runs } = countingPlugin(t);
  const { transport } = await connectAs(t, user, accepting('token-2'));
  await Promise.all(Array.from({ length: 10 }, () => transport.call(GET)));
  assert.equal(runs(), 2);
});

test('a plugin that fails is told in one line; one that prints no JSON without what it printed', async (t) => {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const absent = await connectAs(t, { exec: { apiVersion, command: '/does/not/exist' } }, ok);
  await assert.rejects(absent.transport.call(GET), { code: 0, reason: 'NoCredentials', message: /ENOENT/ });
  const talking = await connectAs(t, { exec: { apiVersion, command: 'echo', args: ['hunter2'] } }, ok);
  await assert.rejects(talking.transport.call(GET), (error: Error) => {
    assert.match(error.message, /^no credentials: the credentials plugin printed no JSON$/);
    assert.doesNotMatch(`${error.message} ${error.cause}`, /hunter2/);
    return true;
  });
});

test('a plugin that hangs does not outlast the deadline, and is given up after a minute', async (t) => {
  const path = join(newFolder(t), 'plugin');
  // Hangs until somebody has written into the pipe, or the other file is there.
  const lines = ['#!/bin/sh', '[ -e "$0.free" ] || cat "$0.pipe"', 'echo \'{"status":{"token":"late"}}\''];
  writeFileSync(path, lines.join('\n'), { mode: 0o755 });
  execFileSync('sh', ['-c', 'mkfifo "$0"', `${path}.pipe`]);
  const clock = new FakeClock();
  const { transport, tokens } = await connectAs(t, { exec: { command: path } }, ok, { clock });
  const first = assert.rejects(transport.call(GET), { code: 0, reason: 'Timeout' });
  const pipe = await open(`${path}.pipe`, 'w');
  t.after(() => pipe.close());
  await clock.advance(30_000);
  await first;
  writeFileSync(`${path}.free`, '');
  const second = assert.rejects(transport.call(GET), { code: 0, reason: 'Timeout' });
  await clock.advance(30_000);
  await second;
  await transport.call(GET);
  assert.deepEqual(tokens(), ['late']);
});
