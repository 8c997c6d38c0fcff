import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { formatPin } from '../../../src/client/tls/pins.ts';
import { publicKeyDigest } from '../../../src/wire/public-key-digest.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { runAnwdl } from '../../support/run-anwdl.ts';
import { newAuthority, type Pair } from '../../support/test-certificates.ts';
import { startTestServer } from '../../support/test-server.ts';

const rsaWrapper = await wrapperOf(recordedSessions(3).serverKey);
const authority = newAuthority('the authority');
const issued = authority.issue('127.0.0.1');
const selfSigned = newAuthority('127.0.0.1');
const keyOf = ({ cert }: Pair): string => formatPin(publicKeyDigest(new X509Certificate(cert).publicKey));

/** A server with TLS on its port, and with HTTPS, and an environment with no known server. */
async function laboratory(context: TestContext, pair: Pair) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'anwdl-tls-'));
  const backend = new MemoryContainerBackend();
  const credentials = { current: createSecureContext(pair) };
  const web = { listenPort: 0, tls: credentials };
  const server = await startTestServer({ backend, rsaWrapper, tls: credentials, web });
  context.after(async () => {
    await server.stopServer();
    await backend[Symbol.asyncDispose]();
    await folder.remove();
  });
  const file = join(folder.path, 'known_servers');
  const ca = join(folder.path, 'ca.pem');
  await writeFile(ca, authority.cert);
  const targets = { anweddol: `127.0.0.1:${server.getListenPort()}`, web: `127.0.0.1:${server.getWebListenPort()}` };
  return { backend, credentials, targets, file, ca, env: { ANWDL_KNOWN_SERVERS: file } };
}

const transports = [
  { name: 'anweddol', flags: ['--tls'], generation: ' generation=3' },
  { name: 'web', flags: ['--web', '--tls'], generation: '' },
] as const;

for (const { name, flags, generation } of transports) {
  test(`${flags.join(' ')}: the first contact says what vouches for the certificate, the second is silent`, async (context) => {
    const { targets, file, ca, env } = await laboratory(context, issued);
    const target = targets[name];
    const met = await runAnwdl(['stat', target, ...flags, '--tls-ca', ca], { env });
    const stored = `is now known (${file})\n`;
    assert.deepEqual(
      [met.code, met.stderr],
      [0, `anwdl: first contact with ${target}: its TLS key ${keyOf(issued)} (certificate verified) ${stored}`],
    );
    assert.equal(await readFile(file, 'utf8'), `${target} tls ${keyOf(issued)}${generation}\n`);
    const again = await runAnwdl(['stat', target, ...flags], { env });
    assert.deepEqual([again.code, again.stderr], [0, '']);
  });

  test(`${flags.join(' ')}: a certificate that nobody vouches for is taken at the first contact`, async (context) => {
    const { targets, credentials, file, env } = await laboratory(context, selfSigned);
    const target = targets[name];
    const met = await runAnwdl(['stat', target, ...flags], { env });
    const contact = `anwdl: first contact with ${target}: its TLS key`;
    const stored = `is now known (${file})\n`;
    assert.equal(met.stderr, `${contact} ${keyOf(selfSigned)} (certificate not verified: it is self-signed) ${stored}`);
    await writeFile(file, '');
    credentials.current = createSecureContext(issued);
    const strange = await runAnwdl(['stat', target, ...flags], { env });
    const why = '(certificate not verified: no authority known here issued it)';
    assert.equal(strange.stderr, `${contact} ${keyOf(issued)} ${why} ${stored}`);
  });

  test(`${flags.join(' ')}: another key is refused, whoever vouches for it`, async (context) => {
    const { backend, targets, credentials, ca, env, file } = await laboratory(context, selfSigned);
    const target = targets[name];
    await runAnwdl(['stat', target, ...flags], { env });
    credentials.current = createSecureContext(issued);
    for (const more of [[], ['--tls-ca', ca]]) {
      const { code, stdout, stderr } = await runAnwdl(['create', target, ...flags, ...more], { env });
      assert.deepEqual([code, stdout], [3, '']);
      assert.deepEqual(stderr.split('\n').slice(0, 3), [
        `anwdl: ${target} shows another TLS key than before; nothing secret was sent to it`,
        `  known:  ${keyOf(selfSigned)} (${file})`,
        `  shown:  ${keyOf(issued)}`,
      ]);
    }
    assert.equal(backend.claimed, 0);
  });

  test(`${flags.join(' ')}: a CA that was given must vouch for the certificate, at the first contact as well`, async (context) => {
    const { backend, targets, ca, env, file } = await laboratory(context, selfSigned);
    const target = targets[name];
    assert.deepEqual(await runAnwdl(['create', target, ...flags, '--tls-ca', ca], { env }), {
      code: 3,
      stdout: '',
      stderr: `anwdl: the TLS certificate of ${target} is not one of the CA given with --tls-ca: it is self-signed\n`,
    });
    await assert.rejects(readFile(file));
    await runAnwdl(['stat', target, ...flags], { env });
    const known = await runAnwdl(['create', target, ...flags, '--tls-ca', ca], { env });
    assert.deepEqual([known.code, known.stdout], [3, '']);
    assert.equal(backend.claimed, 0);
  });

  test(`${flags.join(' ')}: the certificate has to be for the name that was given`, async (context) => {
    const { targets, ca, env } = await laboratory(context, issued);
    const named = [targets[name], ...flags, '--tls-ca', ca, '--tls-server-name', 'lab.internal'];
    assert.deepEqual(await runAnwdl(['stat', ...named], { env }), {
      code: 3,
      stdout: '',
      stderr: `anwdl: the TLS certificate of ${targets[name]} is not one of the CA given with --tls-ca: it is not for lab.internal\n`,
    });
  });

  test(`${flags.join(' ')}: --pin takes its key and no other`, async (context) => {
    const { backend, targets, file, env } = await laboratory(context, selfSigned);
    const target = targets[name];
    const good = await runAnwdl(['stat', target, ...flags, '--pin', keyOf(selfSigned)], { env });
    assert.deepEqual([good.code, good.stderr], [0, '']);
    const rsa = formatPin(rsaWrapper.publicKeySha256);
    assert.deepEqual(await runAnwdl(['create', target, ...flags, '--pin', rsa], { env }), {
      code: 3,
      stdout: '',
      stderr: `anwdl: the server's TLS certificate has the fingerprint ${keyOf(selfSigned)}, expected is ${rsa}\n`,
    });
    assert.equal(backend.claimed, 0);
    await assert.rejects(readFile(file));
  });

  test(`${flags.join(' ')}: --insecure takes any key and stores none`, async (context) => {
    const { targets, file, env } = await laboratory(context, selfSigned);
    const { code, stderr } = await runAnwdl(['stat', targets[name], ...flags, '--insecure'], { env });
    assert.deepEqual([code, stderr], [0, `anwdl: --insecure: whatever key ${targets[name]} shows is accepted\n`]);
    await assert.rejects(readFile(file));
  });

  test(`${flags.join(' ')}: create and destroy work as without`, async (context) => {
    const { backend, targets, env } = await laboratory(context, issued);
    const target = targets[name];
    const created = JSON.parse((await runAnwdl(['create', target, ...flags, '-o', 'json'], { env })).stdout);
    assert.equal(backend.containers.size, 1);
    const args = ['destroy', target, ...flags, '--uuid', created.container_uuid, '--token', '-'];
    const destroyed = await runAnwdl(args, { env, stdin: created.client_token });
    assert.deepEqual([destroyed.code, destroyed.stderr], [0, '']);
    assert.equal(backend.containers.size, 0);
  });
}

test('the TLS key and the RSA key of a server are known apart', async (context) => {
  const { targets, file, env } = await laboratory(context, selfSigned);
  await runAnwdl(['stat', targets.anweddol], { env });
  await runAnwdl(['stat', targets.anweddol, '--tls'], { env });
  const rsa = formatPin(rsaWrapper.publicKeySha256);
  const { anweddol } = targets;
  const lines = [`${anweddol} rsa ${rsa} generation=3`, `${anweddol} tls ${keyOf(selfSigned)} generation=3`, ''];
  assert.equal(await readFile(file, 'utf8'), lines.join('\n'));
});

test('a file without a certificate is no CA', async (context) => {
  const { targets, file, env } = await laboratory(context, issued);
  await writeFile(file, '# no certificate\n');
  const { code, stderr } = await runAnwdl(['stat', targets.anweddol, '--tls', '--tls-ca', file], { env });
  assert.equal(code, 64);
  assert.match(stderr, /^anwdl: no CA certificate can be read from \/\S+: [^\n]+\n$/);
});

test('HTTP without TLS has no key: none is asked for and none is stored', async (context) => {
  const server = await startTestServer({ rsaWrapper, web: { listenPort: 0 } });
  context.after(() => server.stopServer());
  const target = `127.0.0.1:${server.getWebListenPort()}`;
  const { code, stdout, stderr } = await runAnwdl(['stat', '--web', target, '-o', 'json']);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(Object.keys(JSON.parse(stdout)), ['version', 'uptime', 'available']);
});

test('what speaks no TLS, and what says nothing, is one line', async (context) => {
  const plain = createServer((socket) => socket.on('error', () => undefined).end('220 hello\r\n'));
  const silent = createServer((socket) => socket.on('error', () => undefined));
  const targets = await Promise.all(
    [plain, silent].map(async (server) => {
      context.after(() => server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    }),
  );
  const [toPlain, toSilent] = await Promise.all(
    targets.map((target) => runAnwdl(['stat', '--tls', '--timeout', '0.2', target])),
  );
  const noTls = 'anwdl: no TLS connection with the server: what answers there does not speak TLS\n';
  assert.deepEqual(toPlain, { code: 2, stdout: '', stderr: noTls });
  assert.deepEqual(toSilent, { code: 2, stdout: '', stderr: 'anwdl: connecting took longer than 0.2 s\n' });
});
