import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import type { KnownNetworks } from '../../../../src/operator/network/known-networks.ts';
import { networksWatch } from '../../../../src/operator/network/networks-watch.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { KNOWN } from './networks.ts';

const MINUTES = 60_000;

/** @param found one after the other; the last one from then on */
function start(...found: (KnownNetworks | Error)[]) {
  const log = new RecordedLog();
  const clock = new FakeClock();
  const servers = new ObjectStore<AnweddolServer>({ log });
  servers.replace([sampleServer()]);
  const networks = {
    async find() {
      const [now = KNOWN] = found.length > 1 ? found.splice(0, 1) : found;
      if (now instanceof Error) throw now;
      return structuredClone(now);
    },
  };
  const queue = new WorkQueue({ clock });
  const end = networksWatch({ networks, servers, clock, log }).feed(queue);
  return { clock, queue, log, end };
}

const OTHER = { ...KNOWN, nodes: [...KNOWN.nodes, '172.18.0.4'] };

test('each server is looked at again when the networks of the cluster have changed, and only then', async () => {
  const { clock, queue, end } = start(KNOWN, KNOWN, OTHER);
  await clock.advance(6 * MINUTES);
  assert.equal(queue.depth, 0);
  await clock.advance(5 * MINUTES);
  assert.equal(await queue.get(), 'anweddol/lab');
  queue.done('anweddol/lab');
  await clock.advance(60 * MINUTES);
  assert.equal(queue.depth, 0);
  end();
});

test('networks that can not be looked up are looked up again later', async () => {
  const { clock, queue, log, end } = start(KNOWN, new Error('no answer'), OTHER);
  await clock.advance(11 * MINUTES);
  assert.equal(queue.depth, 1);
  assert.deepEqual(
    log.entries.map(({ level }) => level),
    ['warn'],
  );
  end();
});

test('nothing is looked up after the controller ended', async () => {
  const { clock, queue, end } = start(KNOWN, OTHER);
  await clock.advance(0);
  end();
  await clock.advance(60 * MINUTES);
  assert.deepEqual([queue.depth, clock.pending], [0, 0]);
});
