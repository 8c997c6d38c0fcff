import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { authority, contextOf, dialTls, peekByte, peekChunk, startFront } from './tls-fixture.ts';

const ALPNProtocols = ['anweddol/1'];

/** A record of application data under no key at all. */
const UNREADABLE = Buffer.from([0x17, 3, 3, 0, 32, ...Buffer.alloc(32)]);

/** What `socket` sends next, as text. */
async function heard(socket: TLSSocket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

for (const peek of [peekChunk, peekByte]) {
  test(`a client gets TLS 1.3 and anweddol/1 after ${peek.name}`, async (t) => {
    const front = await startFront(t, peek);
    const [{ secured }, client] = await Promise.all([front.next(), dialTls(front.port)]);
    const server = await secured;
    assert.deepEqual([server.getProtocol(), server.alpnProtocol], ['TLSv1.3', 'anweddol/1']);
    client.tls.write('to the server');
    assert.equal(await heard(server), 'to the server');
    server.write('to the client');
    assert.equal(await heard(client.tls), 'to the client');
    assert.equal(front.clock.pending, 0);
    assert.equal(server.listenerCount('secure'), 0);
  });
}

test('a client whose handshake arrives a byte at a time is served', async (t) => {
  const front = await startFront(t, peekByte);
  const bytewise = dialTls(front.port, { ALPNProtocols }, (piece, raw) => {
    for (const byte of piece) raw.write(Buffer.of(byte));
  });
  const [{ secured }, client] = await Promise.all([front.next(), bytewise]);
  client.tls.write('x');
  assert.equal(await heard(await secured), 'x');
});

test('a client that names no application protocol is served', async (t) => {
  const front = await startFront(t);
  const [{ secured }, client] = await Promise.all([front.next(), dialTls(front.port, {})]);
  assert.equal((await secured).alpnProtocol, false);
  client.tls.write('x');
  assert.equal(await heard(await secured), 'x');
});

const REFUSED = [
  {
    what: 'other application protocols',
    options: { ALPNProtocols: ['h2', 'anweddol/2'] },
    code: 'NO_APPLICATION_PROTOCOL',
  },
  { what: 'TLS 1.2', options: { ALPNProtocols, maxVersion: 'TLSv1.2' }, code: 'PROTOCOL_VERSION' },
] as const;

for (const { what, options, code } of REFUSED) {
  test(`a client that offers only ${what} is told so and dropped`, async (t) => {
    const front = await startFront(t);
    const [{ socket, secured }, client] = await Promise.all([
      front.next(),
      dialTls(front.port, { ...options, ALPNProtocols: [...options.ALPNProtocols] }),
    ]);
    const [error] = await once(client.tls, 'error').catch((cause: unknown) => [cause]);
    assert.equal(error.code, `ERR_SSL_TLSV1_ALERT_${code}`);
    await assert.rejects(secured, { name: 'RuntimeError', code: 'TlsFailed' });
    assert.equal(socket.destroyed, true);
    await front.close();
  });
}

test('a failure is told in the words of OpenSSL', async (t) => {
  const front = await startFront(t);
  const [{ secured }] = await Promise.all([front.next(), dialTls(front.port, { ALPNProtocols: ['h2'] })]);
  const message = 'no TLS connection with the peer: no application protocol';
  await assert.rejects(secured, { code: 'TlsFailed', message });
});

test('a client that is silent for too long is dropped, and its time limit with it', async (t) => {
  const front = await startFront(t);
  const first = Promise.withResolvers<void>();
  const stalling = dialTls(front.port, { ALPNProtocols }, (piece, raw) => {
    raw.write(piece.subarray(0, 100));
    first.resolve();
  });
  const [{ socket, secured }] = await Promise.all([front.next(), stalling]);
  await first.promise;
  assert.equal(front.clock.pending, 1);
  await front.clock.advance(4_999);
  assert.equal(socket.destroyed, false);
  await front.clock.advance(1);
  const message = 'no TLS connection with the peer: it took longer than 5 s';
  await assert.rejects(secured, { code: 'TlsFailed', message });
  assert.equal(front.clock.pending, 0);
  await front.close();
});

const ENDS = {
  'ends its side': 'end',
  closes: 'destroy',
  'resets the connection': 'resetAndDestroy',
} as const;

for (const [what, end] of Object.entries(ENDS)) {
  for (const sent of [1, 5, 50, Number.POSITIVE_INFINITY]) {
    test(`nothing is left of a client that ${what} after ${sent} bytes of its first message`, async (t) => {
      const front = await startFront(t, peekByte);
      const leaving = dialTls(front.port, { ALPNProtocols }, (piece, raw) => {
        raw.write(piece.subarray(0, sent), () => raw[end]());
      });
      const [{ socket, secured }] = await Promise.all([front.next(), leaving]);
      await assert.rejects(secured, { name: 'RuntimeError', code: 'TlsFailed' });
      assert.equal(socket.destroyed, true);
      assert.equal(front.clock.pending, 0);
      await front.close();
    });
  }
}

test('a client that ends its side is dropped where half-open connections are allowed', async (t) => {
  const front = await startFront(t, peekByte, { allowHalfOpen: true });
  const leaving = dialTls(front.port, { ALPNProtocols }, (piece, raw) => raw.end(piece.subarray(0, 50)));
  const [{ socket, secured }] = await Promise.all([front.next(), leaving]);
  await assert.rejects(secured, { code: 'TlsFailed' });
  assert.equal(socket.destroyed, true);
  await front.close();
});

test('what is no TLS is dropped', async (t) => {
  const front = await startFront(t);
  const noise = dialTls(front.port, {}, (_piece, raw) => raw.write(Buffer.alloc(300, 0x16)));
  const [{ secured }] = await Promise.all([front.next(), noise]);
  await assert.rejects(secured, { code: 'TlsFailed' });
  await front.close();
});

test('a socket that somebody destroys in the handshake leaves nothing behind', async (t) => {
  const front = await startFront(t);
  const mute = dialTls(front.port, {}, (piece, raw) => raw.write(piece.subarray(0, 20)));
  const [{ socket, secured }] = await Promise.all([front.next(), mute]);
  socket.destroy();
  const message = 'no TLS connection with the peer: the peer closed the connection';
  await assert.rejects(secured, { code: 'TlsFailed', message });
  assert.equal(front.clock.pending, 0);
  await front.close();
});

test('a socket that is destroyed already is refused', async (t) => {
  const front = await startFront(t, async (socket) => {
    const closing = once(socket, 'close');
    socket.destroy();
    await closing;
  });
  const [{ secured }] = await Promise.all([front.next(), dialTls(front.port)]);
  await assert.rejects(secured, { code: 'TlsFailed' });
  assert.equal(front.clock.pending, 0);
});

test('a record that cannot be decrypted closes a connection that is open', async (t) => {
  const front = await startFront(t);
  const [{ secured }, client] = await Promise.all([front.next(), dialTls(front.port)]);
  const server = await secured;
  const failing = new Promise<Error>((resolve) => server.once('error', resolve));
  const closing = new Promise((resolve) => server.once('close', resolve));
  client.raw.write(UNREADABLE);
  server.resume();
  assert.match((await failing).message, /bad record mac/);
  await closing;
  await front.close();
});

test('a connection is closed when such a record comes right behind the handshake', async (t) => {
  const front = await startFront(t);
  let sent = 0;
  const breaking = dialTls(front.port, { ALPNProtocols }, (piece, raw) => {
    sent += 1;
    raw.write(sent === 1 ? piece : Buffer.concat([piece, UNREADABLE]));
  });
  const [{ secured }] = await Promise.all([front.next(), breaking]);
  const server = await secured;
  await new Promise((resolve) => server.once('close', resolve));
  await front.close();
});

test('a connection that is reset after the handshake throws nothing, with no listener for its errors', async (t) => {
  const front = await startFront(t);
  const [{ secured }, client] = await Promise.all([front.next(), dialTls(front.port)]);
  const server = await secured;
  // `once` of node:events would itself listen for the error.
  const closing = new Promise((resolve) => server.once('close', resolve));
  await client.secured;
  client.raw.resetAndDestroy();
  await closing;
  await front.close();
});

test('a new certificate is for new connections, and those that are open go on', async (t) => {
  const front = await startFront(t);
  const [before, open] = await Promise.all([front.next(), dialTls(front.port)]);
  const server = await before.secured;
  const renewed = authority.issue('renewed');
  front.credentials.current = contextOf(renewed);
  const [after, fresh] = await Promise.all([front.next(), dialTls(front.port)]);
  await after.secured;
  await fresh.secured;
  const shown = fresh.tls.getPeerX509Certificate();
  assert.equal(shown?.fingerprint256, new X509Certificate(renewed.cert).fingerprint256);
  open.tls.write('still here');
  assert.equal(await heard(server), 'still here');
});

test('a session of the old certificate is not resumed with the new one', async (t) => {
  const front = await startFront(t);
  const connectAgain = async (session?: Buffer) => {
    const options = { ALPNProtocols, ...(session && { session }) };
    const [, { tls, secured }] = await Promise.all([front.next(), dialTls(front.port, options)]);
    const ticket = new Promise<Buffer>((resolve) => tls.once('session', resolve));
    tls.resume();
    await secured;
    return { ticket, resumed: tls.isSessionReused() };
  };
  const first = await connectAgain();
  const session = await first.ticket;
  const second = await connectAgain(session);
  front.credentials.current = contextOf(authority.issue('renewed'));
  const third = await connectAgain(session);
  assert.deepEqual([first.resumed, second.resumed, third.resumed], [false, true, false]);
});
