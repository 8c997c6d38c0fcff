import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { WebClientInterface, type WebClientInterfaceOptions } from '../../../src/client/web-client-interface.ts';
import {
  DEFAULT_ENABLE_SSL,
  DEFAULT_HTTP_SERVER_LISTEN_PORT,
  DEFAULT_HTTPS_SERVER_LISTEN_PORT,
  DEFAULT_VERIFY_SSL_CERTIFICATE,
} from '../../../src/client/web-constants.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { newAuthority, type Pair } from '../../support/test-certificates.ts';

const OK = { success: true, message: 'OK', data: { uptime: 1 } };
const TOKEN = 't'.repeat(124);
const authority = newAuthority('test authority');

async function listening<S extends Server | ReturnType<typeof createTcpServer>>(server: S) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: (server.address() as AddressInfo).port, sockets, [Symbol.dispose]: close };
}

const http = (answer: RequestListener) => listening(createHttpServer(answer));

/** Speaks as it is told, whatever comes. */
const tcp = (speak: (socket: Socket) => void) =>
  listening(createTcpServer((socket) => speak(socket.on('error', () => undefined))));

const https = ({ cert, key }: Pair) =>
  listening(
    createTlsServer({ cert, key }, (socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          const body = JSON.stringify(OK);
          socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
        });
    }),
  );

const client = (port: number, options: Partial<WebClientInterfaceOptions> = {}) =>
  new WebClientInterface({ serverIp: '127.0.0.1', serverListenPort: port, ...options });

const body = (content: string, status = 200, headers = ''): ((socket: Socket) => void) => {
  const head = `HTTP/1.1 ${status} X\r\n${headers || `content-length: ${Buffer.byteLength(content)}\r\n`}\r\n`;
  return (socket) => void socket.once('data', () => socket.end(head + content));
};

test('a request is a POST of the parameters in JSON to the verb in small letters', async () => {
  const requests: unknown[] = [];
  using server = await http(async (request, response) => {
    const { method, url, headers } = request;
    requests.push([method, url, headers['content-type'], headers.host, JSON.parse(await text(request))]);
    response.end(JSON.stringify(OK));
  });
  const parameters = { note: 'é' };
  assert.deepEqual(await client(server.port).sendRequest('STAT', parameters), OK);
  assert.deepEqual(await client(server.port, { accessToken: TOKEN }).sendRequest('CREATE'), OK);
  const host = `127.0.0.1:${server.port}`;
  assert.deepEqual(requests, [
    ['POST', '/stat', 'application/json', host, parameters],
    ['POST', '/create', 'application/json', host, { access_token: TOKEN }],
  ]);
});

test('the defaults are the documented ones', async () => {
  assert.equal(DEFAULT_HTTP_SERVER_LISTEN_PORT, 8080);
  assert.equal(DEFAULT_HTTPS_SERVER_LISTEN_PORT, 4443);
  assert.equal(DEFAULT_ENABLE_SSL, false);
  assert.equal(DEFAULT_VERIFY_SSL_CERTIFICATE, true);
  // Nobody listens at this address.
  const send = (enableSsl?: boolean) =>
    new WebClientInterface({ serverIp: '127.9.9.9', enableSsl }).sendRequest('STAT');
  await assert.rejects(send(), { code: 'ConnectFailed', message: /port 8080/ });
  await assert.rejects(send(true), { code: 'ConnectFailed', message: /port 4443/ });
});

test('a refusal is an answer, with a status of HTTP too', async () => {
  const refusal = { success: false, message: 'Bad request', data: {} };
  for (const status of [200, 405]) {
    using server = await tcp(body(JSON.stringify(refusal), status));
    assert.deepEqual(await client(server.port).sendRequest('STAT'), refusal);
  }
});

test('a request that the protocol does not allow is not sent', async () => {
  using server = await http(() => assert.fail('it was sent'));
  await assert.rejects(client(server.port).sendRequest('stat'), { code: 'MalformedRequest' });
  await assert.rejects(client(server.port).sendRequest('STAT', { client_token: 'x' }), { code: 'MalformedRequest' });
  await assert.rejects(client(server.port, { accessToken: 'x' }).sendRequest('STAT'), { code: 'MalformedRequest' });
});

test('what is no response of the protocol is refused', async () => {
  const chunked = 'transfer-encoding: chunked\r\n';
  const endless = `${'4000\r\n'}${'x'.repeat(0x4000)}\r\n`.repeat(5);
  const cases: [speak: (socket: Socket) => void, expected: object][] = [
    [body('{'), { name: 'ValueError', code: 'BadMessage' }],
    [body(''), { name: 'ValueError', code: 'BadMessage' }],
    [body('{"success":1}'), { name: 'ValueError', code: 'MalformedResponse' }],
    [body('<html>', 502), { name: 'RuntimeError', code: 'Refused', message: /502/ }],
    [body('', 302, 'location: /\r\ncontent-length: 0\r\n'), { name: 'RuntimeError', code: 'Refused', message: /302/ }],
    [body('', 200, 'content-length: 65537\r\n'), { name: 'ValueError', code: 'BadMessage', message: /larger/ }],
    [body(endless, 200, chunked), { name: 'ValueError', code: 'BadMessage', message: /larger/ }],
    [(socket) => void socket.end('800====='), { name: 'ValueError', code: 'BadMessage' }],
    [body(JSON.stringify(OK), 200, `a: ${'x'.repeat(9_000)}\r\n`), { code: 'BadMessage', message: /no HTTP/ }],
    [body('{', 200, 'content-length: 5\r\n'), { name: 'RuntimeError', code: 'Closed' }],
    [(socket) => void socket.once('data', () => socket.end()), { name: 'RuntimeError', code: 'Closed' }],
    [(socket) => void socket.once('data', () => socket.resetAndDestroy()), { name: 'RuntimeError', code: 'Closed' }],
  ];
  for (const [speak, expected] of cases) {
    using server = await tcp(speak);
    await assert.rejects(client(server.port).sendRequest('STAT'), expected);
  }
});

test('an answer has to begin in time, and to end in time', async () => {
  const clock = new FakeClock();
  const asked = Promise.withResolvers<void>();
  using silent = await tcp((socket) => void socket.once('data', () => asked.resolve()));
  const waiting = assert.rejects(client(silent.port, { clock, answerTimeout: 60 }).sendRequest('STAT'), {
    code: 'TimedOut',
    message: /answer took longer than 60 s/,
  });
  await asked.promise;
  await clock.advance(60_000);
  await waiting;
  assert.equal(clock.pending, 0);

  const reading = Promise.withResolvers<void>();
  const limits: number[] = [];
  const after = (ms: number, callback: () => void) => {
    if (limits.push(ms) === 3) reading.resolve();
    return clock.after(ms, callback);
  };
  using slow = await tcp((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{'));
  });
  const options = { clock: { ...systemClock, after }, timeout: 5, answerTimeout: 60 };
  const cut = assert.rejects(client(slow.port, options).sendRequest('STAT'), {
    code: 'TimedOut',
    message: /reading the answer took longer than 5 s/,
  });
  await reading.promise;
  await clock.advance(5_000);
  await cut;
  assert.deepEqual(limits, [5_000, 60_000, 5_000]);
  assert.equal(clock.pending, 0);
});

test('a TLS handshake has to be over in time', async () => {
  const clock = new FakeClock();
  const hello = Promise.withResolvers<void>();
  using server = await tcp((socket) => void socket.once('data', () => hello.resolve()));
  const waiting = assert.rejects(client(server.port, { clock, enableSsl: true, timeout: 3 }).sendRequest('STAT'), {
    code: 'TimedOut',
  });
  await hello.promise;
  await clock.advance(3_000);
  await waiting;
  assert.equal(clock.pending, 0);
});

test('whoever asks may stop waiting', async () => {
  const asked = Promise.withResolvers<void>();
  using server = await tcp((socket) => void socket.once('data', () => asked.resolve()));
  const controller = new AbortController();
  const reason = new Error('enough');
  const waiting = assert.rejects(client(server.port).sendRequest('STAT', {}, controller.signal), reason);
  await asked.promise;
  controller.abort(reason);
  await waiting;
  const [socket] = server.sockets;
  if (socket && !socket.closed) await once(socket.resume(), 'close');
  await assert.rejects(client(server.port).sendRequest('STAT', {}, controller.signal), reason);
});

test('a certificate counts when an authority vouches for it, when its key is pinned, or when nobody asks', async () => {
  const pair = authority.issue('server');
  using server = await https(pair);
  const spki = new X509Certificate(pair.cert).publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(spki).digest('hex');
  const other = '0'.repeat(64);
  const ask = (options: Partial<WebClientInterfaceOptions>) =>
    client(server.port, { enableSsl: true, ...options }).sendRequest('STAT', { access_token: TOKEN });
  assert.deepEqual(await ask({ ca: authority.cert }), OK);
  assert.deepEqual(await ask({ pins: [other, pin] }), OK);
  assert.deepEqual(await ask({ verifySslCertificate: false }), OK);
  await assert.rejects(ask({}), { name: 'RuntimeError', code: 'Untrusted' });
  await assert.rejects(ask({ pins: [other] }), { name: 'RuntimeError', code: 'PinMismatch' });
  await assert.rejects(ask({ pins: [other], ca: authority.cert, verifySslCertificate: false }), {
    code: 'PinMismatch',
  });
  assert.throws(() => client(server.port, { pins: ['mistyped'] }), { name: 'ValueError', code: 'BadPin' });
});

test('a certificate for another name is not trusted', async () => {
  using server = await https(authority.issue('server'));
  const ask = new WebClientInterface({
    serverIp: 'localhost',
    serverListenPort: server.port,
    enableSsl: true,
    ca: authority.cert,
  }).sendRequest('STAT');
  await assert.rejects(ask, { code: 'Untrusted', message: /it is not for localhost/ });
});

test('nothing is sent to a server that is not trusted', async () => {
  const heard: string[] = [];
  const { cert, key } = authority.issue('server');
  using server = await listening(
    createTlsServer({ cert, key }, (socket) => {
      socket.on('error', () => undefined).on('data', (chunk) => heard.push(String(chunk)));
    }),
  );
  await assert.rejects(client(server.port, { enableSsl: true }).sendRequest('STAT', { access_token: TOKEN }), {
    code: 'Untrusted',
  });
  const [socket] = server.sockets;
  if (socket && !socket.closed) await once(socket, 'close');
  assert.deepEqual(heard, []);
});

test('a server that speaks no TLS is said so', async () => {
  using server = await tcp((socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await assert.rejects(client(server.port, { enableSsl: true }).sendRequest('STAT'), {
    code: 'ConnectFailed',
    message: /does not speak TLS/,
  });
});
