import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../campaign/perform/turns.ts';

test('so many work at a time, and the others in their order', async () => {
  const turns = new Turns(1);
  const order: string[] = [];
  const work = async (name: string): Promise<void> => {
    await turns.take();
    order.push(name);
    turns.giveBack();
  };
  await turns.take();
  const both = Promise.all([work('a'), work('b')]);
  assert.deepEqual(order, []);
  turns.giveBack();
  await both;
  assert.deepEqual(order, ['a', 'b']);
});

test('who only waited goes on before others begin', async () => {
  const turns = new Turns(1);
  const order: string[] = [];
  await turns.take();
  const waited = Promise.withResolvers<void>();
  const going = turns.without(() => waited.promise).then(() => order.push('goes on'));
  await turns.take();
  const other = turns.take().then(() => order.push('begins'));
  waited.resolve();
  await new Promise(setImmediate);
  turns.giveBack();
  await going;
  turns.giveBack();
  await other;
  assert.deepEqual(order, ['goes on', 'begins']);
});
