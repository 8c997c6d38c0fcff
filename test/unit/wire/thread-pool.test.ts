import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parallelDecryptions, widenThreadPool } from '../../../src/wire/thread-pool.ts';

test('the pool gets two threads for every core, four at least, and keeps a size that somebody has set', () => {
  const widened = (cores: number, environment: Record<string, string> = {}) => {
    widenThreadPool(environment, cores);
    return environment.UV_THREADPOOL_SIZE;
  };
  assert.deepEqual(
    [1, 2, 3, 16].map((cores) => widened(cores)),
    ['4', '4', '6', '32'],
  );
  assert.equal(widened(16, { UV_THREADPOOL_SIZE: '3' }), '3');
});

test('private-key operations go on at once on all threads that there are, and on no more than keep the cores busy', () => {
  const on = (cores: number, size?: string) => parallelDecryptions({ UV_THREADPOOL_SIZE: size }, cores);
  assert.deepEqual([on(1), on(2), on(16)], [2, 4, 4]);
  assert.deepEqual([on(16, '32'), on(16, '8'), on(2, '32')], [32, 8, 4]);
  // As libuv reads it.
  assert.deepEqual([on(1000, '5000'), on(1000, '-1'), on(16, '0'), on(16, ''), on(16, '6x')], [1024, 1024, 1, 1, 6]);
});
