import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callArguments } from '../../../deploy/logs/call-arguments.ts';
import { logCalls } from '../../../deploy/logs/log-calls.ts';
import { gaps } from '../../../deploy/logs/logs-document.ts';

test('a call is found whatever holds the log, with its level, message and fields', () => {
  const source = `
    this.#options.log.warn({ lease: lock.name, err: error }, 'lost');
    given.log?.info({}, "it's over"), log.debug(
      fields,
      'many lines',
    );
    participant.log.error({ ...fields, ms: Math.round(a(b, { c: ')' })) }, 'failed'); // log, as it were`;
  assert.deepEqual(logCalls(source), [
    { level: 'warn', message: 'lost', fields: ['lease', 'err'], hasMore: false },
    { level: 'info', message: "it's over", fields: [], hasMore: false },
    { level: 'debug', message: 'many lines', fields: [], hasMore: true },
    { level: 'error', message: 'failed', fields: ['ms'], hasMore: true },
  ]);
});

for (const [call, said] of [
  [`log.info({}, \`serving \${what}\`)`, /line 2: log.info takes fields and one constant message, not `serving/],
  ['log.info({}, message)', /constant message, not message/],
  ["log.info('stopped')", /constant message, not $/],
  ["log.info({}, 'a', b)", /constant message/],
  ['onError(log.warn)', /log.warn is not called but passed on/],
] as const) {
  test(`a message that is not constant is refused: ${call}`, () => {
    assert.throws(() => logCalls(`\n${call}`), said);
  });
}

test('arguments end at their own commas and bracket, not at those in strings, templates and comments', () => {
  const text = `a(1, 2), { b: ')' /* ) */ }, \`x\${f({ y: '}' })}, z\`, [3, 4]) + g(5)`;
  assert.deepEqual(callArguments(text, 0), ['a(1, 2)', "{ b: ')' /* ) */ }", `\`x\${f({ y: '}' })}, z\``, '[3, 4]']);
  assert.throws(() => callArguments('a, (b', 0), /ends within a call/);
});

const logged = { level: 'warn', message: 'lost', fields: ['lease'], hasMore: true, programs: ['operator'] } as const;
const entry = { means: 'It is lost.', remedy: 'Find it.', more: ['err'] };
const fields = { lease: 'its name', err: 'the error' };

for (const [what, given, gap] of [
  ['nothing', {}, undefined],
  ['an entry', { entries: {} }, '"lost" has no entry: say what it means'],
  ['a remedy', { entries: { lost: { means: 'It is lost.', more: ['err'] } } }, '"lost" (warn): a remedy is for warn'],
  ['the fields that are spread', { entries: { lost: { ...entry, more: undefined } } }, '"lost": `more` names'],
  ['what a field is', { fields: { lease: 'its name' } }, 'the field err is not in fields.ts'],
  ['a message for an entry', { entries: { lost: entry, gone: entry } }, 'nothing logs "gone": take it out'],
  ['a message for a field', { fields: { ...fields, old: 'x' } }, 'no message has the field old: take it out'],
] as const) {
  test(`the document lacks ${what}`, () => {
    const messages = [{ ...logged, fields: [...logged.fields], programs: [...logged.programs] }];
    const found = gaps({ messages, entries: { lost: entry }, fields, ...given } as Parameters<typeof gaps>[0]);
    if (gap) assert.ok(found[0]?.startsWith(gap), found.join());
    else assert.deepEqual(found, []);
  });
}
