import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { dialLoopback } from '../../../support/raw-client.ts';
import { ELSEWHERE, isServed, startAccountableServer } from './accountable-server.ts';
import { responsesIn } from './fixture.ts';

/** Asks with a token that opens nothing. */
const guess = (number: number) =>
  `GET /stat HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${String(number).padStart(124, '0')}\r\n\r\n`;

test('nobody tries token after token on a connection that is kept open', async () => {
  await using web = await startAccountableServer({ accessTokens: { isValid: () => false } });
  const socket = await dialLoopback(web.port);
  const over = once(socket, 'close');
  let answers = '';
  socket.on('data', (chunk) => {
    answers += chunk;
    socket.write(guess(responsesIn(answers).length));
  });
  socket.write(guess(0));
  await over;
  assert.equal(responsesIn(answers).length, 3);
  assert.match(answers, /Invalid access token/);
  assert.deepEqual(web.metrics.beginning('refused'), ['refused penalty']);
});

test('nor does it help to ask all at once, or on connections that were there before', async () => {
  await using web = await startAccountableServer({ accessTokens: { isValid: () => false } });
  const other = await dialLoopback(web.port);
  await web.metrics.told('opened http');
  const socket = await dialLoopback(web.port);
  const read = text(socket).catch(String);
  socket.write(guess(0));
  await web.metrics.told('STAT: Bad authentication');
  socket.write([1, 2, 3, 4].map(guess).join(''));
  assert.equal(responsesIn(await read).length, 3);
  other.write(guess(5));
  assert.equal(await text(other).catch(() => ''), '');
  assert.deepEqual(web.metrics.beginning('refused', 'STAT'), [
    ...Array(3).fill('STAT: Bad authentication'),
    ...Array(2).fill('refused penalty'),
  ]);
});

test('what a source does over HTTP counts at the port, and the other way round; others are served', async () => {
  await using web = await startAccountableServer();
  const garbage = async (port: number) => {
    const socket = await dialLoopback(port);
    socket.write('garbage!\r\n\r\n');
    await once(socket.resume(), 'close');
  };
  await garbage(web.port);
  await garbage(web.port);
  await garbage(web.server.getListenPort());
  await once((await dialLoopback(web.server.getListenPort())).resume(), 'close');
  assert.equal(await isServed(web), false);
  assert.equal(await isServed(web, ELSEWHERE), true);
  assert.deepEqual(web.metrics.beginning('refused'), ['refused penalty', 'refused penalty']);
});

test('where addresses are unknown nobody pays over HTTP', async () => {
  await using web = await startAccountableServer({ clientAddresses: 'unknown', penalties: { thresholdSeconds: 0.5 } });
  const socket = await dialLoopback(web.port);
  socket.write('garbage!\r\n\r\n');
  await once(socket.resume(), 'close');
  assert.equal(await isServed(web), true);
});
