import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { LABEL_SERVER } from '../../../../src/api/names.ts';
import type { Pod } from '../../../../src/kube/resources.ts';
import { service } from '../../../../src/operator/desired/service.ts';
import { remainsController } from '../../../../src/operator/remains/remains-controller.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { emptyStores, lostServer } from './remains-ground.ts';

const HALF_A_MINUTE = 30_000;
const server = lostServer();
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name: 'virt-launcher-lab', labels: { [LABEL_SERVER]: 'lab' } },
} as Pod;
let caches = emptyStores();
let clock = new FakeClock();
let queue = new WorkQueue({ clock });
beforeEach(() => {
  queue.shutDown();
  caches = emptyStores();
  clock = new FakeClock();
  queue = new WorkQueue({ clock });
});
after(() => queue.shutDown());

function watching(): void {
  for (const watch of remainsController({ caches }).watches) watch.feed(queue);
}

/** What is looked at after so much time. */
async function looksAfter(ms: number): Promise<string[]> {
  await clock.advance(ms);
  const keys: string[] = [];
  while (queue.depth > 0) {
    const key = (await queue.get()) ?? '';
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

test('what is there at the start without its server is looked at half a minute later', async () => {
  caches.services.replace([service(server)]);
  caches.servers.replace([]);
  watching();
  assert.deepEqual(await looksAfter(HALF_A_MINUTE - 1), []);
  assert.deepEqual(await looksAfter(1), ['default/lab']);
});

test('what comes or changes without its server is, and so is what stays when it goes', async () => {
  caches.servers.replace([server]);
  watching();
  caches.services.replace([service(server)]);
  assert.deepEqual(await looksAfter(HALF_A_MINUTE), []);
  caches.servers.replace([]);
  assert.deepEqual(await looksAfter(HALF_A_MINUTE), ['default/lab']);
  caches.pods.replace([pod]);
  assert.deepEqual(await looksAfter(HALF_A_MINUTE), ['default/lab']);
  caches.pods.replace([]);
  assert.deepEqual(await looksAfter(HALF_A_MINUTE), ['default/lab']);
});

test('nothing of a server that is there is looked at', async () => {
  caches.servers.replace([server]);
  caches.services.replace([service(server)]);
  caches.pods.replace([pod]);
  watching();
  caches.pods.replace([]);
  assert.deepEqual(await looksAfter(HALF_A_MINUTE), []);
});
