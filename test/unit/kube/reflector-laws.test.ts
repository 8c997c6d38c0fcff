import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { keyOf } from '../../../src/kube/objects.ts';
import type { ConfigMap } from '../../../src/kube/resources.ts';
import { type Reflection, reflect } from '../../support/reflect.ts';
import { sendStatus } from '../../support/scripted-api-server.ts';

type Step = (reflection: Reflection) => void | Promise<void>;

const names = fc.constantFrom('a', 'b', 'c');
const values = fc.constantFrom('1', '2');

const steps: fc.Arbitrary<[string, Step]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(names, values)
      .map(([name, value]) => change(`put ${name}=${value}`, ({ server }) => server.put(name, value))),
  },
  { weight: 3, arbitrary: names.map((name) => change(`delete ${name}`, ({ server }) => server.delete(name))) },
  {
    weight: 2,
    arbitrary: fc.tuple(names, values).map(([name, value]) =>
      change(`replace ${name}=${value}`, ({ server }) => {
        server.delete(name);
        server.put(name, value);
      }),
    ),
  },
  fc.constant(change('cut connections', ({ server }) => server.http.cut())),
  fc.constant(change('end watches', ({ server }) => server.endWatches())),
  fc.constant(change('compact', ({ server }) => server.compact())),
  fc.constant(change('garbage', ({ server }) => server.writeToWatches('{"type":\n'))),
  fc.constant(change('half a line', ({ server }) => server.writeToWatches('{"type":'))),
  fc.constantFrom(429, 500, 503).map((code) =>
    change(`refuse one with ${code}`, ({ server }) => {
      server.intercept = (_, response) => {
        server.intercept = () => false;
        sendStatus(response, code, 'Refused');
        return true;
      };
    }),
  ),
  {
    weight: 3,
    arbitrary: fc.constantFrom(0, 700, 40_000).map((ms) => change(`pass ${ms} ms`, ({ clock }) => clock.advance(ms))),
  },
  { weight: 3, arbitrary: fc.constant(change('let bytes travel', () => setImmediate())) },
);

function change(what: string, step: Step): [string, Step] {
  return [what, step];
}

test('whatever happens, the store comes to equal the server, and what listeners heard adds up to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (history) => {
      const reflection = await reflect();
      try {
        const heard = listen(reflection);
        for (const [, step] of history) await step(reflection);
        await settled(reflection);
        assert.deepEqual(sorted(reflection.store.list()), expected(reflection));
        assert.deepEqual(sorted(heard.values()), expected(reflection));
        for (const value of ['1', '2']) {
          const indexed = reflection.store.list().filter(({ data }) => data?.value === value);
          assert.deepEqual(sorted(reflection.store.byIndex('value', value)), sorted(indexed));
        }
        assert.deepEqual(
          reflection.log.entries.filter(({ level }) => level === 'error'),
          [],
        );
      } finally {
        await reflection.end();
      }
      assert.equal(reflection.clock.pending, 0);
    }),
    { numRuns: 300, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  );
});

/** What the listeners' calls add up to; every call has to fit to those before. */
function listen({ store }: Reflection): Map<string, ConfigMap> {
  const heard = new Map<string, ConfigMap>();
  store.onChange((current, previous) => {
    const object = current ?? previous;
    assert.ok(object);
    const key = keyOf(object.metadata);
    assert.equal(heard.get(key), previous);
    if (current && previous) assert.equal(current.metadata.uid, previous.metadata.uid);
    if (current) heard.set(key, current);
    else heard.delete(key);
  });
  return heard;
}

/** One last change that only a watch or list that works can bring, after as many waits as it takes. */
async function settled({ server, store, clock }: Reflection): Promise<void> {
  server.put('last');
  const version = server.objects.get('last')?.metadata.resourceVersion;
  let isSettled = false;
  const seen = store.waitFor((objects) => objects.get('lab/last')?.metadata.resourceVersion === version || undefined);
  void seen.then(() => {
    isSettled = true;
  });
  while (!isSettled) {
    // Ends a line that a step left half written, for otherwise no later event could be read.
    server.endWatches();
    await clock.advance(40_000);
    await Promise.race([seen, server.http.until(({ openSockets }) => openSockets > 0)]);
    await setImmediate();
  }
}

function sorted(objects: Iterable<ConfigMap>): string[] {
  return [...objects].map(({ metadata: { name, uid }, data }) => `${name} ${uid} ${data?.value}`).sort();
}

function expected({ server }: Reflection): string[] {
  return sorted(server.objects.values() as Iterable<ConfigMap>);
}
