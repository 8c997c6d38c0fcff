import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyPairs } from '../../../../src/operator/keys/key-pairs.ts';

test('while a key is being made, the event loop does other things', async () => {
  const order: string[] = [];
  const made = new KeyPairs().make(4096).then(() => order.push('key'));
  // Nothing but the event loop can tell of a key that another thread makes, and here it does not get its turn.
  for (let turn = 0; turn < 1_000; turn += 1) await undefined;
  order.push('the caller goes on');
  setImmediate(() => order.push('the loop goes round'));
  await made;
  assert.deepEqual(order, ['the caller goes on', 'the loop goes round', 'key']);
});
