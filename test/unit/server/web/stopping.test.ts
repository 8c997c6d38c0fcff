import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ask, dialWeb, heldHandler, ok, startWebServer } from './fixture.ts';

test('a stopping server takes no one new, closes who asks for nothing, and finishes what it has begun', async () => {
  const held = heldHandler();
  await using web = await startWebServer({ handlers: { HOLD: held.handler } });
  const idle = await dialWeb(web.port);
  const gone = once(idle.resume(), 'end');
  const answer = ask(web.port, 'POST', '/hold', { headers: { connection: 'keep-alive' } });
  await held.reached;
  const stopped = web.server.stop(5_000);
  await gone;
  await assert.rejects(ask(web.port, 'GET', '/stat'), { code: 'ECONNREFUSED' });
  held.go();
  const { json, headers } = await answer;
  assert.deepEqual([json, headers.connection], [ok(), 'close']);
  await stopped;
  assert.equal(web.clock.pending, 0);
  assert.throws(() => web.server.getListenPort(), { code: 'NotConnected' });
});

test('after the grace period it cuts the rest', async () => {
  const held = heldHandler();
  await using web = await startWebServer({ handlers: { HOLD: held.handler } });
  const answer = assert.rejects(ask(web.port, 'POST', '/hold'), { code: 'ECONNRESET' });
  await held.reached;
  const stopped = web.server.stop(5_000);
  await web.clock.advance(5_000);
  await Promise.all([stopped, answer]);
  assert.equal(((await held.left) as { code: string }).code, 'Closed');
});

test('a server starts once, and again after it was stopped', async () => {
  await using web = await startWebServer();
  await assert.rejects(web.server.start(), { code: 'Refused' });
  await web.server.stop(0);
  await web.server.start();
  assert.equal((await ask(web.server.getListenPort(), 'GET', '/stat')).status, 200);
});
