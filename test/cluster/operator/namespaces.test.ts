/** An operator that may look at and write to two namespaces, and nothing else in the cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { Service } from '../../../src/kube/resources.ts';
import { startCaches } from '../../../src/operator/caches.ts';
import { runOperator } from '../../../src/operator/run-operator.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { suite } from '../../support/suite.ts';
import { createServer, type Ground, ground, NO_CONTROL_PLANE, soon } from './fixture.ts';

/** The operator's parts in this process, with a log that keeps its lines. */
async function start(on: Ground, namespaces: string[]) {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
  const stop = new AbortController();
  const kube = on.client(await on.operatorKubeconfig(namespaces));
  const caches = startCaches({ kube, clock, log, namespaces, signal: stop.signal });
  const running = runOperator({ kube, caches, clock, log, defaultImage: 'operator:1' }, stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { caches, lines, end };
}

suite('an operator for some namespaces', NO_CONTROL_PLANE, () => {
  test('it serves these with rights in these only, and asks for nothing else', async () => {
    await using on = await ground(3);
    const [one = '', two = '', other = ''] = on.namespaces;
    await createServer(on.admin, other, 'lab');
    await createServer(on.admin, one, 'lab');
    const operator = await start(on, [one, two]);
    try {
      await createServer(on.admin, two, 'lab');
      for (const namespace of [one, two]) {
        await operator.caches.servers.waitFor((all) => all.get(`${namespace}/lab`)?.status?.observedGeneration, soon());
        assert.ok(await on.admin.get(Service, { namespace, name: 'lab' }));
      }
      assert.deepEqual(
        operator.caches.servers
          .list()
          .map(({ metadata }) => metadata.namespace)
          .toSorted(),
        [one, two].toSorted(),
      );
      assert.equal(await on.admin.get(Service, { namespace: other, name: 'lab' }), undefined);
      assert.equal((await on.admin.get(AnweddolServer, { namespace: other, name: 'lab' }))?.status, undefined);
    } finally {
      await operator.end();
    }
    assert.deepEqual(
      operator.lines.filter((line) => /forbidden|"code":403/i.test(line)),
      [],
    );
  });

  test('with the same rights, one for all namespaces sees nothing', async () => {
    await using on = await ground(1);
    const [one = ''] = on.namespaces;
    await createServer(on.admin, one, 'lab');
    const lines: string[] = [];
    const stop = new AbortController();
    const refused = Promise.withResolvers<void>();
    const log = pino(
      {},
      {
        write: (line) => {
          lines.push(line);
          if (lines.some((seen) => seen.includes('"code":403') && seen.includes('"AnweddolServer"'))) refused.resolve();
        },
      },
    );
    const caches = startCaches({
      kube: on.client(await on.operatorKubeconfig([one])),
      clock,
      log,
      signal: stop.signal,
    });
    await refused.promise;
    assert.equal(caches.servers.hasSynced, false);
    stop.abort();
  });
});
