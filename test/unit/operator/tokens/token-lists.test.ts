import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenLists } from '../../../../src/operator/tokens/token-lists.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const SERVER = 'default/lab';

test('what is stored for a server is not that of a later one of its name', () => {
  const lists = new TokenLists();
  lists.remember(SERVER, { uid: 'one', at: 0 });
  assert.ok(lists.known(SERVER, 'one'));
  assert.equal(lists.known(SERVER, 'two'), undefined);
});

test('before a list is compiled nobody knows which tokens it has no room for', () => {
  const lists = new TokenLists();
  assert.equal(lists.isLeftOut(SERVER, 'default/a'), undefined);
  lists.leaveOut(SERVER, new Set(['default/b']));
  assert.deepEqual([lists.isLeftOut(SERVER, 'default/a'), lists.isLeftOut(SERVER, 'default/b')], [false, true]);
});

test('a token is looked at when there is no room for it, and when there is again', async () => {
  const lists = new TokenLists();
  const queue = new WorkQueue({ clock: new FakeClock() });
  const end = lists.watch().feed(queue);
  const next = async () => {
    const key = await queue.get();
    queue.done(key ?? '');
    return key;
  };
  assert.equal(lists.leaveOut(SERVER, new Set(['default/a'])), true);
  assert.equal(await next(), 'default/a');
  assert.equal(lists.leaveOut(SERVER, new Set(['default/a'])), false);
  assert.equal(lists.leaveOut(SERVER, new Set()), true);
  assert.equal(await next(), 'default/a');
  end();
  lists.leaveOut(SERVER, new Set(['default/b']));
  assert.equal(queue.depth, 0);
});
