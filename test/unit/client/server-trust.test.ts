import assert from 'node:assert/strict';
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer } from 'node:tls';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import type { ClientInterfaceOptions } from '../../../src/client/client-options.ts';
import { BoundedGenerationMemory } from '../../../src/client/generation-memory.ts';
import type { ServerKey } from '../../../src/client/server-trust.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { newAuthority } from '../../support/test-certificates.ts';
import { OldServer } from './old-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsa = await wrapperOf(serverKey);
const rsaWrapper = await wrapperOf(clientKey);
const serverIp = '127.0.0.1';
const rsaSha256 = fingerprint(createPublicKey(rsa.publicKeyPem).export({ type: 'spki', format: 'der' }));
const authority = newAuthority('test authority');
const certificate = authority.issue('server');
const tlsSha256 = fingerprint(new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' }));
const WRONG_PIN = '0'.repeat(64);

function fingerprint(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex');
}

/** A server, and the number of bytes that came to it. */
async function startServer(t: TestContext, { speaksFirst = false, generation = 3 as 1 | 2 | 3 } = {}) {
  const heard = { bytes: 0 };
  const server = await OldServer.start({
    rsa,
    generation,
    speaksFirst,
    interfere: (socket, _, moment) => {
      if (moment !== 'connected') return;
      socket.on('data', (chunk) => {
        heard.bytes += chunk.length;
      });
    },
  });
  t.after(() => server[Symbol.asyncDispose]());
  return { port: server.port, heard, server };
}

/** TLS before a server. @returns its port */
async function startTunnel(t: TestContext, port: number): Promise<number> {
  const tunnel = createServer({ ...certificate, minVersion: 'TLSv1.3', ALPNProtocols: ['anweddol/1'] }, (secured) => {
    const plain = connect(port, serverIp).on('error', () => secured.destroy());
    secured.on('error', () => plain.destroy()).on('close', () => plain.destroy());
    secured.pipe(plain).pipe(secured);
  });
  await once(tunnel.listen(0, serverIp), 'listening');
  t.after(() => tunnel.close());
  const address = tunnel.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function stat(serverListenPort: number, options: ClientInterfaceOptions, receiveFirst = false) {
  const generationMemory = new BoundedGenerationMemory();
  await using client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper, generationMemory, ...options });
  await client.connectServer({ receiveFirst });
  await client.sendRequest('STAT');
  assert.equal((await client.recvResponse()).success, true);
  return client.getServerKeySha256();
}

const forms = {
  'hex digits': rsaSha256,
  'SHA256: and base64': `SHA256:${Buffer.from(rsaSha256, 'hex').toString('base64').replace('=', '')}`,
  'sha256// and base64': `sha256//${Buffer.from(rsaSha256, 'hex').toString('base64')}`,
};
for (const [form, pin] of Object.entries(forms)) {
  test(`a server whose RSA key is pinned, as ${form}, is good`, async (t) => {
    const { port } = await startServer(t);
    assert.equal(await stat(port, { pins: [WRONG_PIN, pin] }), rsaSha256);
  });
}

for (const speaksFirst of [false, true]) {
  test(`a server with another RSA key than pinned is told no secret, ${speaksFirst ? 'it' : 'the client'} speaking first`, async (t) => {
    const { port, heard, server } = await startServer(t, { speaksFirst });
    await assert.rejects(stat(port, { pins: [WRONG_PIN] }, speaksFirst), {
      name: 'RuntimeError',
      code: 'PinMismatch',
      message: /^the server's RSA key has the fingerprint SHA256:/,
    });
    await server.deserted();
    // The client's public key and its header, and acknowledgements: no block of 512 bytes, let alone a request.
    assert.ok(heard.bytes <= rsaWrapper.publicKeyPem.length + 8 + 4, `${heard.bytes} bytes`);
  });

  test(`onServerKey decides before anything secret is sent, ${speaksFirst ? 'the server' : 'the client'} speaking first`, async (t) => {
    const { port, heard, server } = await startServer(t, { speaksFirst });
    const seen: ServerKey[] = [];
    const trusting = { onServerKey: (key: ServerKey) => void seen.push(key) };
    assert.equal(await stat(port, trusting, speaksFirst), rsaSha256);
    assert.deepEqual(seen, [{ kind: 'rsa', sha256: rsaSha256 }]);

    heard.bytes = 0;
    const distrusting = { onServerKey: () => Promise.reject(new Error('never seen before')) };
    await assert.rejects(stat(port, distrusting, speaksFirst), { message: 'never seen before' });
    await server.deserted();
    assert.ok(heard.bytes <= rsaWrapper.publicKeyPem.length + 8 + 4, `${heard.bytes} bytes`);
  });
}

test('onServerKey is asked once, however many connections it takes, as long as the key stays the same', async (t) => {
  const { port, server } = await startServer(t, { generation: 1 });
  const seen: ServerKey[] = [];
  await stat(port, { onServerKey: (key) => void seen.push(key) });
  assert.ok(server.connections > 1);
  assert.equal(seen.length, 1);
});

test('a server that shows another key when it is asked again is asked about again', async (t) => {
  const { port, server } = await startServer(t, { generation: 1 });
  const seen: ServerKey[] = [];
  const onServerKey = (key: ServerKey) => {
    if (seen.push(key) > 1) throw new Error('another key');
    server.options = { ...server.options, rsa: rsaWrapper };
  };
  await assert.rejects(stat(port, { onServerKey }), { message: 'another key' });
  assert.notEqual(seen[0]?.sha256, seen[1]?.sha256);
  assert.deepEqual(server.requests, []);
});

test('an onServerKey that does not decide is given up in time, and when the client is closed', async (t) => {
  const { port } = await startServer(t);
  let asked = Promise.withResolvers<void>();
  const onServerKey = () => {
    asked.resolve();
    return new Promise<void>(() => undefined);
  };
  const clock = new FakeClock();
  const client = new ClientInterface({ serverIp, serverListenPort: port, rsaWrapper, onServerKey, clock, timeout: 5 });
  const connecting = assert.rejects(client.connectServer(), { code: 'TimedOut' });
  await asked.promise;
  await clock.advance(5_000);
  await connecting;

  asked = Promise.withResolvers<void>();
  const again = assert.rejects(client.connectServer(), { code: 'Closed' });
  await asked.promise;
  client.closeConnection();
  await again;
  assert.equal(clock.pending, 0);
});

test('a pin that is none is refused by the constructor', () => {
  assert.throws(() => new ClientInterface({ pins: ['abc'] }), { name: 'ValueError', code: 'BadPin' });
});

test('over TLS the session is the same, and the key of the certificate is what counts', async (t) => {
  const port = await startTunnel(t, (await startServer(t)).port);
  assert.equal(await stat(port, { tls: { ca: authority.cert } }), tlsSha256);
  assert.equal(await stat(port, { tls: true, pins: [tlsSha256] }), tlsSha256);
  const seen: ServerKey[] = [];
  await stat(port, { tls: { verify: false }, onServerKey: (key) => void seen.push(key) });
  assert.deepEqual(seen, [{ kind: 'tls', sha256: tlsSha256 }]);
});

test('over TLS a server that is not trusted gets no byte of the protocol', async (t) => {
  const { port, heard, server } = await startServer(t);
  const tunnel = await startTunnel(t, port);
  await assert.rejects(stat(tunnel, { tls: true }), { name: 'RuntimeError', code: 'Untrusted' });
  await assert.rejects(stat(tunnel, { tls: { servername: 'other.example', ca: authority.cert } }), {
    code: 'Untrusted',
  });
  await assert.rejects(stat(tunnel, { tls: true, pins: [rsaSha256] }), { code: 'PinMismatch' });
  const onServerKey = () => {
    throw new Error('never seen before');
  };
  await assert.rejects(stat(tunnel, { tls: { verify: false }, onServerKey }), { message: 'never seen before' });
  await server.deserted();
  assert.equal(heard.bytes, 0);
});

for (const generation of [1, 2] as const) {
  test(`over TLS a server of generation ${generation} is found out as well`, async (t) => {
    const { port, server } = await startServer(t, { generation });
    await stat(await startTunnel(t, port), { tls: { ca: authority.cert } });
    assert.ok(server.connections > 1);
  });
}

test('a server without TLS is a failure to connect', async (t) => {
  const { port } = await startServer(t);
  await assert.rejects(stat(port, { tls: true }), { name: 'RuntimeError', code: 'ConnectFailed' });
});
