/**
 * One list of behaviours, held against the in-memory API server and against the real one: what differs is a fault of the
 * in-memory one, or stands in `differences.ts` with its reason.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CHAPTERS } from './chapters.ts';
import { DIFFERENCES } from './differences.ts';
import { runBehaviour } from './run-behaviour.ts';
import { inMemory, real, type Subject } from './subject.ts';

const CONCURRENCY = 4;
const names = CHAPTERS.flatMap(({ behaviours }) => behaviours.map(({ name }) => name));

test('every behaviour has a name of its own, and every difference is of a behaviour', () => {
  assert.equal(new Set(names).size, names.length);
  for (const { behaviour, reason } of DIFFERENCES) assert.ok(names.includes(behaviour) && reason.length > 20);
});

holdTo('the real API server', real, new Set());
holdTo('the in-memory API server', inMemory, new Set(DIFFERENCES.map(({ behaviour }) => behaviour)));

function holdTo(title: string, start: () => Promise<Subject>, exceptions: Set<string>): void {
  const skip = start === real && !process.env.CONTROL_PLANE && 'no real control plane: see the start of this run';
  if (skip) {
    for (const name of names) test(`${title}: ${name}`, { skip });
    return;
  }
  describe(`behaviours of ${title}`, () => {
    let subject: Subject;
    let shown = 0;
    before(async () => {
      subject = await start();
    });
    after(() => subject.close());
    for (const chapter of CHAPTERS) {
      describe(chapter.title, { concurrency: CONCURRENCY }, () => {
        for (const behaviour of chapter.behaviours) {
          test(behaviour.name, async (t) => {
            const run = runBehaviour(behaviour, subject, t.signal);
            if (exceptions.has(behaviour.name)) await assert.rejects(run, 'it no longer differs: take its row away');
            else await run;
            shown += 1;
          });
        }
      });
    }
    const differing = exceptions.size > 0 ? `, ${exceptions.size} of them not as the real one` : '';
    test(`${names.length} behaviours were shown by ${title}${differing}`, () => assert.equal(shown, names.length));
  });
}
