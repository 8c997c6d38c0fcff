import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { keyOf } from '../../../src/kube/objects.ts';
import type { ConfigMap } from '../../../src/kube/resources.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type Reflection, reflect } from '../../support/reflect.ts';
import { type SeenRequest, sendJson, sendStatus } from '../../support/scripted-api-server.ts';

type Subject = Reflection & { callClock: FakeClock };
type Step = (subject: Subject) => void | Promise<void>;

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const values = fc.constantFrom('1', '2');
const PAGE_SIZE = 2;

const changes: fc.Arbitrary<[string, Step]> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .tuple(names, values)
      .map(([name, value]) => change(`put ${name}=${value}`, ({ server }) => server.put(name, value))),
  },
  names.map((name) => change(`delete ${name}`, ({ server }) => server.delete(name))),
  fc.tuple(names, values).map(([name, value]) =>
    change(`replace ${name}=${value}`, ({ server }) => {
      server.delete(name);
      server.put(name, value);
    }),
  ),
);

/** What happens to the next request that fits, in the server's place: true when it is answered with that. */
function next(what: string, meet: (request: SeenRequest, response: ServerResponse, subject: Subject) => boolean) {
  return change(`next request: ${what}`, (subject) => {
    subject.server.intercept = (request, response) => {
      const isMet = meet(request, response, subject);
      if (isMet) subject.server.intercept = () => false;
      return isMet;
    };
  });
}

const faults: fc.Arbitrary<[string, Step]> = fc.oneof(
  fc.constant(change('cut connections', ({ server }) => server.http.cut())),
  fc.constant(change('end watches', ({ server }) => server.endWatches())),
  fc.constant(change('compact', ({ server }) => server.compact())),
  fc
    .constantFrom(
      '{"type":\n',
      '{"type":',
      '7\n',
      '{"type":"ERROR","object":{"code":410}}\n',
      '{"type":"ERROR","object":{}}\n',
    )
    .map((text) => change(`write ${text.trim()}`, ({ server }) => server.writeToWatches(text))),
  fc.constant(change('freeze', ({ server }) => server.freeze())),
  fc.constant(change('thaw', ({ server }) => server.thaw())),
  fc.constant(change('bookmark', ({ server }) => server.bookmark())),
  fc.constantFrom(401, 410, 429, 500, 503).map((code) =>
    next(`${code}`, (_, response) => {
      sendStatus(response, code, 'Refused');
      return true;
    }),
  ),
  fc.constant(
    next('a reset', ({ socket }) => {
      socket.resetAndDestroy();
      return true;
    }),
  ),
  fc.constant(
    next('half an answer', ({ socket }, response) => {
      response.writeHead(200, { 'Content-Length': 1000 }).write('{"metadata":{"resourceVersion":"1"},"items":[', () => {
        socket.destroy();
      });
      return true;
    }),
  ),
  fc.constant(
    next('no list', ({ query }, response) => {
      if (!query.has('watch')) sendJson(response, 200, {});
      return !query.has('watch');
    }),
  ),
  fc.constant(
    next('a page that has expired', ({ query }, response, { server }) => {
      if (query.has('continue')) {
        server.compact();
        sendStatus(response, 410, 'Expired');
      }
      return query.has('continue');
    }),
  ),
);

const steps: fc.Arbitrary<[string, Step]> = fc.oneof(
  { weight: 4, arbitrary: changes },
  { weight: 4, arbitrary: faults },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(0, 700, 40_000, 130_000)
      .map((ms) => change(`pass ${ms} ms`, (subject) => pass(subject, ms))),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(1, 10, 30)
      .map((turns) => change(`let bytes travel for ${turns} turns`, () => travel(turns))),
  },
);

async function travel(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await setImmediate();
}

async function pass({ clock, callClock }: Subject, ms: number): Promise<void> {
  await clock.advance(ms);
  await callClock.advance(ms);
}

function change(what: string, step: Step): [string, Step] {
  return [what, step];
}

test('whatever happens, the store comes to equal the server, and what listeners heard adds up to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async (history) => {
      const callClock = new FakeClock();
      const reflection = {
        ...(await reflect({ callClock, pageSize: PAGE_SIZE, prepare: (server) => server.put('a', '1') })),
        callClock,
      };
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
      assert.equal(reflection.clock.pending + callClock.pending, 0);
    }),
    { numRuns: 300, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: true },
  );
});

/** What the listeners' calls add up to; every call has to fit to those before. */
function listen({ store, server }: Reflection): Map<string, ConfigMap> {
  const heard = new Map<string, ConfigMap>();
  store.onChange((current, previous) => {
    const object = current ?? previous;
    assert.ok(object);
    const key = keyOf(object.metadata);
    assert.equal(heard.get(key), previous);
    if (current && previous) assert.equal(current.metadata.uid, previous.metadata.uid);
    if (current) assert.ok(server.states.has(`${current.metadata.uid} ${current.metadata.resourceVersion}`));
    assert.ok(!current || Number(current.metadata.resourceVersion) > Number(previous?.metadata.resourceVersion ?? 0));
    if (current) heard.set(key, current);
    else heard.delete(key);
  });
  return heard;
}

/** One last change that only a watch or list that works can bring, after as many waits as it takes. */
async function settled(subject: Subject): Promise<void> {
  const { server, store, clock } = subject;
  server.thaw();
  server.intercept = () => false;
  // What got no answer while the server was frozen is given up.
  await pass(subject, 130_000);
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
