import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { dial } from '../../../../src/client/dial.ts';
import { formatPin } from '../../../../src/client/tls/pins.ts';
import { secureSocket, type TlsExpectations } from '../../../../src/client/tls/secure.ts';
import { publicKeyDigest } from '../../../../src/wire/public-key-digest.ts';
import { newAuthority } from '../../../support/test-certificates.ts';

const host = '127.0.0.1';
const never = new AbortController().signal;
const authority = newAuthority('test-authority');
const ca = authority.cert;
const pair = authority.issue('server');
const fingerprint = publicKeyDigest(new X509Certificate(pair.cert).publicKey);
const other = publicKeyDigest(new X509Certificate(ca).publicKey);

async function listen(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A TLS server other than ours. @returns its port */
function listenTls(t: TestContext, options: TlsOptions = {}): Promise<number> {
  const server = createTlsServer({ ...pair, ALPNProtocols: ['anweddol/1'], ...options }, (socket) => {
    socket.on('error', () => undefined).pipe(socket);
  });
  return listen(
    t,
    server.on('tlsClientError', () => undefined),
  );
}

/** Connects and expects a failure. @returns what it was; the connection is gone, and the signal as it was before */
async function failure(port: number, expectations: Partial<TlsExpectations> = {}, signal = never): Promise<unknown> {
  const socket = await dial({ host, port }, never);
  const [result] = await Promise.allSettled([secureSocket(socket, { host, ...expectations }, signal)]);
  assert.equal(socket.destroyed, true);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  return result?.status === 'rejected' ? result.reason : assert.fail('the connection was taken');
}

async function assertFails(failing: Promise<unknown>, code: string, message: RegExp | string): Promise<void> {
  const expected = { name: 'RuntimeError', code, message };
  await assert.rejects(async () => {
    throw await failing;
  }, expected);
}

const TRUSTED: [what: string, expectations: Partial<TlsExpectations>][] = [
  ['a known authority issued, for the host', { ca }],
  ['one of several known authorities issued', { ca: [newAuthority('another').cert, ca] }],
  ['nobody is asked to verify', { verify: false }],
  ['is for the address that was asked for, not for the host', { ca, host: 'localhost', servername: host }],
  ['is pinned', { pins: [fingerprint] }],
  ['is one of those pinned', { pins: [other, fingerprint] }],
  ['is pinned and for another name', { pins: [fingerprint], servername: 'elsewhere.example', ca }],
];

for (const [what, expectations] of TRUSTED) {
  test(`a certificate that ${what} is taken`, async (t) => {
    const port = await listenTls(t);
    const { socket, publicKeySha256 } = await secureSocket(
      await dial({ host, port }, never),
      { host, ...expectations },
      never,
    );
    assert.equal(publicKeySha256, fingerprint);
    assert.deepEqual([socket.getProtocol(), socket.alpnProtocol], ['TLSv1.3', 'anweddol/1']);
    assert.equal(getEventListeners(never, 'abort').length, 0);
    socket.write('there and back');
    const [echo] = (await once(socket, 'data')) as [Buffer];
    assert.equal(echo.toString(), 'there and back');
    socket.destroy();
  });
}

test('a certificate of an unknown authority is refused, and what to do is said', async (t) => {
  const remedy = `pin its fingerprint if ${formatPin(fingerprint)} is the right one, or give the CA that issued it`;
  const message = `the server's TLS certificate is not trusted: no authority known here issued it; ${remedy}`;
  await assertFails(failure(await listenTls(t)), 'Untrusted', message);
});

test('a certificate that signed itself is refused', async (t) => {
  await assertFails(failure(await listenTls(t, { ...newAuthority('self') })), 'Untrusted', /it is self-signed/);
});

test('a certificate for another name is refused', async (t) => {
  const port = await listenTls(t);
  await assertFails(failure(port, { ca, servername: 'elsewhere.example' }), 'Untrusted', /not for elsewhere\.example/);
  await assertFails(failure(port, { ca, host: 'localhost' }), 'Untrusted', /not for localhost/);
});

test('no pin at all does not stand for any pin', async (t) => {
  await assertFails(failure(await listenTls(t), { pins: [] }), 'Untrusted', /no authority known/);
});

test('a certificate with another key than the pinned one is refused, whoever issued it', async (t) => {
  const port = await listenTls(t);
  const found = formatPin(fingerprint);
  const message = `the server's TLS certificate has the fingerprint ${found}, expected is ${formatPin(other)}`;
  await assertFails(failure(port, { ca, pins: [other] }), 'PinMismatch', message);
  await assertFails(failure(port, { verify: false, pins: [other] }), 'PinMismatch', message);
});

test('a host name is told to the server, an address is not', async (t) => {
  const told: (string | false | null)[] = [];
  const server = createTlsServer({ ...pair }, ({ servername }) => told.push(servername ?? null));
  const port = await listen(t, server);
  for (const name of ['a.example', host]) {
    const secured = once(server, 'secureConnection');
    const dialled = await dial({ host, port }, never);
    const { socket } = await secureSocket(dialled, { host: name, verify: false }, never);
    await secured;
    socket.destroy();
  }
  assert.deepEqual(told, ['a.example', false]);
});

test('a server that picks no application protocol is taken', async (t) => {
  const port = await listen(t, createTlsServer(pair));
  const { socket } = await secureSocket(await dial({ host, port }, never), { host, ca }, never);
  assert.equal(socket.alpnProtocol, false);
  socket.destroy();
});

test('a server with other application protocols is no Anweddol server', async (t) => {
  const port = await listenTls(t, { ALPNProtocols: ['h2'] });
  await assertFails(failure(port, { ca }), 'ConnectFailed', /is no Anweddol server/);
});

test('a server of TLS 1.2 is refused', async (t) => {
  const port = await listenTls(t, { maxVersion: 'TLSv1.2' });
  await assertFails(failure(port, { pins: [fingerprint] }), 'ConnectFailed', /does not speak TLS 1\.3/);
});

test('a server without TLS is told from one with it', async (t) => {
  const port = await listen(
    t,
    createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  await assertFails(failure(port), 'ConnectFailed', /does not speak TLS$/);
});

test('a server that breaks off is a connection that failed', async (t) => {
  const ends = await listen(
    t,
    createServer((socket) => socket.once('data', () => socket.end())),
  );
  const resets = await listen(
    t,
    createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  );
  for (const port of [ends, resets]) {
    await assertFails(
      failure(port),
      'ConnectFailed',
      'no TLS connection with the server: the server closed the connection',
    );
  }
});

test('a connection that is closed already has failed', async (t) => {
  const socket = await dial({ host, port: await listenTls(t) }, never);
  const closing = once(socket, 'close');
  socket.destroy();
  await closing;
  await assert.rejects(secureSocket(socket, { host }, never), { code: 'ConnectFailed' });
});

test('a connection that somebody destroys in the handshake has failed', async (t) => {
  const socket = await dial({ host, port: await listen(t, createServer()) }, never);
  const securing = secureSocket(socket, { host }, never);
  socket.destroy();
  await assert.rejects(securing, { code: 'ConnectFailed' });
});

test('a handshake that goes nowhere ends with the signal, for its reason', async (t) => {
  const aborting = new AbortController();
  const reason = new Error('too late');
  const port = await listen(
    t,
    createServer((socket) => socket.once('data', () => aborting.abort(reason))),
  );
  assert.equal(await failure(port, {}, aborting.signal), reason);
});

test('with a signal that has aborted nothing is begun', async (t) => {
  const reason = new Error('too late');
  assert.equal(await failure(await listenTls(t), { ca }, AbortSignal.abort(reason)), reason);
});
