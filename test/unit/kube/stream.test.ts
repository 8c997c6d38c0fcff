import assert from 'node:assert/strict';
import test from 'node:test';
import { connect } from '../../support/connect.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sendStatus } from '../../support/scripted-api-server.ts';

test('a stream gives chunks as they come and ends with the answer', async (t) => {
  const { transport } = await connect(t, (_, response) => {
    response.write('one ');
    response.end('two');
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of transport.stream('/', 1000, t.signal)) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), 'one two');
});

test('leaving a stream closes its connection', async (t) => {
  const { server, transport } = await connect(t, (_, response) => void response.write('one'));
  for await (const _ of transport.stream('/', 1000, t.signal)) break;
  await server.until(({ openSockets }) => openSockets === 0);
});

test('a stream that falls silent ends with Timeout; the time its reader takes does not count', async (t) => {
  const clock = new FakeClock();
  const { server, transport } = await connect(t, (_, response) => void response.write('one'), { clock });
  const stream = transport.stream('/apis', 60_000, t.signal);
  await stream.next();
  await clock.advance(600_000);
  const refused = assert.rejects(stream.next(), { code: 0, reason: 'Timeout', message: /nothing new for 60 s/ });
  await clock.untilPending(1);
  await clock.advance(60_000);
  await refused;
  await server.until(({ openSockets }) => openSockets === 0);
  assert.equal(clock.pending, 0);
});

test('a stream that the server cuts is ConnectionReset', async (t) => {
  const { server, transport } = await connect(t, (_, response) => void response.write('one'));
  const stream = transport.stream('/', 10_000, t.signal);
  await stream.next();
  server.cut();
  await assert.rejects(stream.next(), { code: 0, reason: 'ConnectionReset' });
});

test('a refused stream throws what its Status says', async (t) => {
  const { transport } = await connect(t, (_, response) => sendStatus(response, 403, 'Forbidden'));
  await assert.rejects(transport.stream('/', 1000, t.signal).next(), { code: 403, reason: 'Forbidden' });
});
