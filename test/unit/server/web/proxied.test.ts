import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { clientId } from '../../../../src/server/client-address.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const rsaWrapper = await wrapperOf(recordedSessions(3).serverKey);
const REQUEST = 'GET /stat HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

async function said(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

test('a trusted proxy announces its client over HTTP too, and filters and records go by that address', async () => {
  const log = new RecordedLog();
  const ipFilter = { allow: [], deny: ['192.0.2.66'] };
  const web = { listenPort: 0 };
  await using server = await startTestServer({ rsaWrapper, log, web, ipFilter, trustedProxies: ['127.0.0.1'] });
  const port = server.getWebListenPort();
  assert.match(await said(port, `PROXY TCP4 192.0.2.7 10.0.0.1 4711 8080\r\n${REQUEST}`), /"message":"OK"/);
  assert.equal((await log.line('request answered')).fields.client, clientId('192.0.2.7'));
  assert.match(await said(port, `PROXY TCP4 192.0.2.66 10.0.0.1 4711 8080\r\n${REQUEST}`), /"Refused request \(/);
});

test('a trusted proxy that announces nothing is cut off', async () => {
  await using server = await startTestServer({ rsaWrapper, web: { listenPort: 0 }, trustedProxies: ['127.0.0.1'] });
  assert.equal(await said(server.getWebListenPort(), REQUEST), '');
});
