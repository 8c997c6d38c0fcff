/**
 * The reflector against a real API server, behind a proxy that misbehaves: after each fault the store equals a fresh list,
 * and what listeners heard fits what an administrator's watch past the proxy saw.
 *
 * What is known to go wrong with other informers, and the test that keeps it from going wrong with this one (unit:
 * test/unit/kube/reflector*.test.ts, where time is the test's own; here: against the real API server):
 *
 * | scenario                                  | unit | here |
 * | ----------------------------------------- | ---- | ---- |
 * | connection killed, nobody restarts it     | a killed connection is replaced, from the last version seen | cut by a reset |
 * | list 500 at the start                     | a list that fails at the start is tried again | 500 to lists |
 * | watch 503                                 | a watch that is refused with 503 is tried again, without another list | 503 to watches |
 * | 410 in the stream after a missed delete   | after 410 it lists again at once and reports what was deleted meanwhile | 410 in the stream; 410 to watches after an outage |
 * | same name, other uid, after an outage     | the same name with another uid after an outage is a deletion and a new object | every test: `assertFits` |
 * | ERROR 500 or malformed line in the stream | … leads to a new list after a wait | ERROR 500 in the stream; a malformed line |
 * | stream cut within a line                  | a connection that breaks in the middle of a line loses no event | cut in the middle of a line |
 * | server frozen for 100 s                   | a frozen server is noticed and the watch opened anew | frozen |
 * | idle for long                             | a quiet resource keeps its one watch | – |
 * | closed cleanly 20 times a second          | a server that ends every watch at once is asked ever more slowly | closed cleanly 20 times a second |
 * | stop() during the wait                    | a stop during the wait opens nothing and leaves neither timer nor connection | stopped-midway.test.ts |
 * | stop() itself is no error                 | a stop during a watch closes its connection, and is no failure | every test: `end` |
 * | listener throws on an event, or in a list | a listener that throws disturbs neither the others nor the watch | – |
 * | consumer of a raw watch throws            | whoever reads a watch gets back what it throws itself (watch-stream.test.ts) | – |
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Connection, sharedControlPlane } from '../../support/control-plane.ts';
import type { SeenCall } from '../../support/misbehaving-proxy/fault.ts';
import { suite } from '../../support/suite.ts';
import { type Stage, type StageOptions, startStage } from './stage.ts';

const skip = !process.env.CONTROL_PLANE && 'no real control plane: see the start of this run';

const isList = ({ verb }: SeenCall) => verb === 'list';
const isWatch = ({ verb }: SeenCall) => verb === 'watch';
const inStream = (code: number, reason: string) => {
  const object = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `a test said ${reason}`,
  };
  return `${JSON.stringify({ type: 'ERROR', object })}\n`;
};

suite('a reflector of a real API server', skip, () => {
  let connection: Connection;
  before(async () => {
    const shared = await sharedControlPlane();
    assert.ok(shared);
    connection = shared;
  });

  /** @param missed a list takes the place of some changes: what listeners hear fits the truth, and is not all of it */
  function fault(
    name: string,
    { missed = false, ...options }: StageOptions & { missed?: boolean },
    act: (stage: Stage, signal: AbortSignal) => Promise<void>,
  ): void {
    test(name, { timeout: 60_000 }, async (t) => {
      const stage = await startStage(connection, options);
      t.after(stage.end);
      await act(stage, t.signal);
      await stage.verify(t.signal, { missed });
    });
  }

  fault('no fault at all', {}, async (stage) => {
    await stage.working();
    await stage.workload.more(50);
    assert.deepEqual(stage.log.entries, []);
  });

  fault('cut by a reset', {}, async (stage) => {
    await stage.working();
    for (const count of [1, 2, 3]) {
      stage.proxy.cut();
      await stage.failure(count);
      await stage.workload.more(20);
      await stage.proxy.until(({ openWatches }) => openWatches === 1);
    }
    assert.equal(stage.proxy.calls.filter(isList).length, 1);
  });

  fault('cut in the middle of a line', {}, async (stage) => {
    await stage.working();
    stage.proxy.breakNextLine('reset');
    await stage.failure();
    await stage.workload.more(20);
    assert.equal(stage.proxy.calls.filter(isList).length, 1);
  });

  fault('ended in the middle of a line, as if it were whole', { missed: true }, async (stage) => {
    await stage.working();
    stage.proxy.breakNextLine('end');
    await stage.failureWith('ended in the middle of an event');
    await stage.workload.more(20);
  });

  fault('frozen', { watchInactivityMs: 500, callTimeoutMs: 500 }, async (stage) => {
    await stage.working();
    stage.proxy.freeze();
    await stage.failureWith('nothing new for 0.5 s');
    await stage.failureWith('no answer for 0.5 s');
    stage.proxy.thaw();
    await stage.workload.more(20);
    assert.equal(stage.proxy.calls.filter(isList).length, 1);
  });

  fault('closed cleanly 20 times a second, with nothing new', {}, async (stage) => {
    const { store, proxy, clock } = stage;
    const end = proxy.misbehave({ on: isWatch, endAfterMs: 50 });
    await store.synced();
    await clock.sleep(60_000);
    const reconnects = proxy.calls.filter(isWatch).length;
    // Of 60 without a pause; with the shortest waits that chance may bring, 8.
    assert.ok(reconnects >= 3 && reconnects <= 8, `${reconnects} watches`);
    end();
    await stage.workload.start();
    await stage.workload.more(20);
  });

  fault('closed cleanly 20 times a second, while things change', {}, async (stage) => {
    await stage.store.synced();
    const end = stage.proxy.misbehave({ on: isWatch, endAfterMs: 50 });
    stage.proxy.endWatches();
    await stage.workload.start();
    await stage.workload.more(100);
    end();
    await stage.workload.more(20);
    assert.equal(stage.proxy.calls.filter(isList).length, 1);
  });

  fault('410 in the stream', { missed: true }, async (stage) => {
    await stage.working();
    stage.proxy.insert(inStream(410, 'Expired'));
    await stage.failure();
    await stage.workload.more(20);
    assert.equal(stage.proxy.calls.filter(isList).length, 2);
  });

  fault('410 to watches after an outage', { missed: true }, async (stage, signal) => {
    await stage.working();
    await stage.create('gone', signal);
    const end = stage.proxy.misbehave({ on: () => true, cut: true });
    stage.proxy.cut();
    await stage.remove('gone');
    await stage.workload.more(60);
    stage.proxy.misbehave({ on: isWatch, answer: 410, times: 1 });
    end();
    await stage.proxy.until(({ calls }) => calls.filter(isList).length === 2);
    await stage.workload.more(20);
  });

  fault('410 between the pages of a list', { missed: true, pageSize: 1 }, async (stage) => {
    await stage.working();
    stage.proxy.misbehave({ on: ({ query }) => query.has('continue'), answer: 410, times: 1 });
    stage.proxy.insert(inStream(410, 'Expired'));
    await stage.failure(2);
    await stage.workload.more(20);
  });

  for (const code of [500, 503, 429]) {
    const prepare: StageOptions['prepare'] = (proxy) => {
      proxy.misbehave({ on: isList, answer: code, times: 2 });
    };
    fault(`${code} to lists`, { prepare }, async (stage) => {
      await stage.working();
      assert.ok(stage.proxy.calls.filter(isList).length >= 3);
    });

    fault(`${code} to watches`, { missed: code === 500 }, async (stage) => {
      await stage.working();
      stage.proxy.misbehave({ on: isWatch, answer: code, times: 3 });
      stage.proxy.cut();
      await stage.failure(4);
      await stage.workload.more(20);
    });
  }

  fault('429 that says for how long', {}, async (stage) => {
    await stage.working();
    stage.proxy.misbehave({ on: isWatch, answer: 429, retryAfterSeconds: 20, times: 1 });
    stage.proxy.cut();
    assert.ok(Number((await stage.failure(2)).fields.retryInMs) >= 20_000);
    await stage.workload.more(20);
  });

  for (const [what, on] of [
    ['lists', isList],
    ['watches', isWatch],
  ] as const) {
    fault(`401 to ${what}, then what was asked for`, { missed: true }, async (stage) => {
      await stage.working();
      stage.proxy.misbehave({ on, answer: 401, times: 2 });
      stage.proxy.insert(inStream(410, 'Expired'));
      // The client sends it once more by itself, with credentials made anew.
      await stage.failure(2);
      await stage.workload.more(20);
    });
  }

  for (const [what, text] of [
    ['ERROR 500 in the stream', inStream(500, 'InternalError')],
    ['a malformed line', '{"type":"ADDED","obj\n'],
    ['a line that is no event', '"hello"\n'],
  ] as const) {
    fault(what, { missed: true }, async (stage) => {
      await stage.working();
      stage.proxy.insert(text);
      await stage.failure();
      await stage.workload.more(20);
      assert.equal(stage.proxy.calls.filter(isList).length, 2);
    });
  }

  fault('slow, within the deadline of a call', { callTimeoutMs: 1000, watchInactivityMs: 1000 }, async (stage) => {
    const end = stage.proxy.misbehave({ on: () => true, delayMs: 500, lagMs: 500 });
    await stage.working();
    await stage.workload.more(20);
    end();
    stage.proxy.endWatches();
    await stage.workload.more(20);
  });

  fault('slower than the deadline of a call', { missed: true, callTimeoutMs: 300 }, async (stage) => {
    await stage.working();
    const end = stage.proxy.misbehave({ on: () => true, delayMs: 600 });
    stage.proxy.cut();
    await stage.failureWith('no answer for 0.3 s');
    end();
    await stage.workload.more(20);
  });
});
