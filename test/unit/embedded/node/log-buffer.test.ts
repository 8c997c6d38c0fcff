import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogBuffer } from '../../../../src/embedded/node/log-buffer.ts';

test('the last lines are given, an unfinished one included', () => {
  const log = new LogBuffer(1000);
  log.append(Buffer.from('one\ntwo\nthr'));
  assert.equal(log.tail(2), 'two\nthr\n');
  log.append(Buffer.from('ee\n'));
  assert.equal(log.tail(), 'one\ntwo\nthree\n');
});

test('a program that writes without end keeps only the last part, whatever its lines are', () => {
  const log = new LogBuffer(1000);
  for (let line = 0; line < 5000; line++) log.append(Buffer.from(`line ${line}\n`));
  assert.ok(log.tail().length <= 1000);
  assert.ok(log.tail().endsWith('line 4999\n'));
  log.append(Buffer.alloc(100_000, 'x'));
  log.append(Buffer.alloc(100_000, 'y'));
  assert.ok(log.tail(1).length <= 110_000);
});

test('a follower gets what is there, what comes, and the end', async () => {
  const log = new LogBuffer(1000);
  log.append(Buffer.from('old\nnew\n'));
  const followed: string[] = [];
  const reading = (async () => {
    for await (const text of log.follow(1, new AbortController().signal)) followed.push(text);
  })();
  await new Promise((resolve) => setImmediate(resolve));
  log.append(Buffer.from('newer\nlast'));
  log.end();
  await reading;
  assert.equal(followed.join(''), 'new\nnewer\nlast\n');
});

test('a follower that is told to stop stops', async () => {
  const stop = new AbortController();
  const following = new LogBuffer(1000).follow(undefined, stop.signal);
  const next = following.next();
  stop.abort();
  assert.equal((await next).done, true);
});
