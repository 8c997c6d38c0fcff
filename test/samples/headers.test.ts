import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASONS } from '../../src/api/reasons.ts';
import { header, samples } from './sample-files.ts';

const all = await samples();

for (const { file, text, objects, promises } of all) {
  test(`${file} says what it shows, and which conditions it reaches`, () => {
    const lines = header(text);
    assert.match(lines[0] ?? '', /^# Shows: /);
    assert.ok(promises.length > 0, 'no line "# Reaches KIND/NAME: TYPE=STATUS REASON"');
    const begun = lines.filter((line) => line.startsWith('# Reaches'));
    assert.equal(promises.length, begun.length, 'a line "# Reaches" is not of the form KIND/NAME: TYPE=STATUS REASON');
    for (const { kind, name, reason } of promises) {
      assert.ok(Object.hasOwn(REASONS, reason), `${reason} is no reason`);
      const isThere = objects.some((object) => object.kind === kind && object.metadata.name === name);
      assert.ok(isThere, `the sample holds no ${kind} ${name}`);
    }
  });
}

test('each server and each token of a sample has a promise', () => {
  const silent = all.flatMap(({ file, objects, promises }) =>
    objects
      .filter(({ apiVersion }) => apiVersion.startsWith('anweddol.io/'))
      .filter(({ kind, metadata }) => !promises.some((one) => one.kind === kind && one.name === metadata.name))
      .map(({ kind, metadata }) => `${file}: ${kind} ${metadata.name}`),
  );
  assert.deepEqual(silent, []);
});
