import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect, createSecureContext } from 'node:tls';
import { newAuthority } from '../../../support/test-certificates.ts';
import { converse, dialWeb, ok, startWebServer } from './fixture.ts';

const authority = newAuthority('test authority');
const contextOf = ({ cert, key }: { cert: string; key: string }) =>
  createSecureContext({ cert, key, minVersion: 'TLSv1.3' });

async function askSecurely(port: number) {
  const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
  const { alpnProtocol } = socket;
  const subject = socket.getPeerCertificate().subject.CN;
  const request = get({ path: '/stat', createConnection: () => socket });
  const [response] = await once(request, 'response');
  return { alpnProtocol, subject, version: socket.getProtocol(), answer: await json(response) };
}

test('over TLS the same is served, with the certificate that is the current one', async () => {
  const tls = { current: contextOf(authority.issue('first')) };
  await using web = await startWebServer({ tls });
  const answer = ok({ version: '0.0.0-test', uptime: 7, available: 2 });
  const expected = { alpnProtocol: 'http/1.1', version: 'TLSv1.3', answer };
  assert.deepEqual(await askSecurely(web.port), { ...expected, subject: 'first' });
  tls.current = contextOf(authority.issue('second'));
  assert.deepEqual(await askSecurely(web.port), { ...expected, subject: 'second' });
});

test('what does not speak TLS there is cut off, and the next is served', async () => {
  await using web = await startWebServer({ tls: { current: contextOf(authority.issue('server')) } });
  // An alert of TLS at the most.
  const read = await converse(web.port, 'GET /stat HTTP/1.1\r\nhost: x\r\n\r\n').catch(() => '');
  assert.ok(!read.includes('HTTP/1.1'));
  assert.equal((await askSecurely(web.port)).subject, 'server');
});

test('the handshake has to be over in time, and a request over TLS too', async () => {
  await using web = await startWebServer({ tls: { current: contextOf(authority.issue('server')) } });
  const silent = await dialWeb(web.port);
  await web.clock.untilPending(1);
  const cut = once(silent.resume(), 'end');
  await web.clock.advance(10_000);
  await cut;
  silent.destroy();
  const slow = connect({ host: '127.0.0.1', port: web.port, ca: authority.cert });
  await once(slow, 'secureConnect');
  slow.write('GET /stat HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(slow, 'data');
  await web.log.line('request answered');
  await web.clock.untilPending(1);
  const [chunk] = await Promise.all([once(slow, 'data'), web.clock.advance(10_000)]);
  assert.match(String(chunk), /^HTTP\/1\.1 408 /);
  slow.destroy();
});

test('stopping ends a handshake at once', async () => {
  await using web = await startWebServer({ tls: { current: contextOf(authority.issue('server')) } });
  const silent = await dialWeb(web.port);
  await web.clock.untilPending(1);
  const cut = once(silent.resume(), 'end');
  await web.server.stop(60_000);
  await cut;
  silent.destroy();
  assert.equal(web.clock.pending, 0);
});
