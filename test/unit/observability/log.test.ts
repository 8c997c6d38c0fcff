import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { textLine } from '../../../src/observability/text-line.ts';

const LOG = new URL('../../../src/observability/log.ts', import.meta.url).href;

/** What a program prints that logs and then dies without a word. */
function printed(format: string): string {
  const program = `
    import { createLog } from ${JSON.stringify(LOG)};
    const log = createLog('program', 'info', ${JSON.stringify(format)});
    log.debug({}, 'too fine');
    log.info({ key: 'a/b', ms: 3, password: 'hunter2', claim: { client_token: 'hunter2' } }, 'two words');
    log.error({ err: new Error('it broke') }, 'failed');
    process.kill(process.pid, 'SIGKILL');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout;
}

test('JSON lines are out before the program dies, without secrets', () => {
  const [first, second, ...more] = printed('json')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { msg, level, program, key, ms, password, claim } = first;
  assert.deepEqual(
    { msg, level, program, key, ms, password, claim },
    { msg: 'two words', level: 30, program: 'program', key: 'a/b', ms: 3, password: '…', claim: { client_token: '…' } },
  );
  assert.equal(second.err.message, 'it broke');
  assert.deepEqual(more, []);
});

test('text lines are for people, and have no secrets either', () => {
  const [first = '', second = '', third = ''] = printed('text').split('\n');
  assert.match(first, /^\d{4}-\S+Z INFO {2}two words key=a\/b ms=3 password=… claim="\{.*\}"$/);
  assert.match(second, /^\S+ ERROR failed err="it broke"$/);
  assert.match(third, /^ {4}at /);
  assert.ok(!(first + second).includes('hunter2'));
});

test('a line break in a field does not make a line', () => {
  const line = textLine(
    JSON.stringify({ level: 30, time: 0, msg: 'said', text: 'a\nb', none: null, err: { message: 'x\ny' } }),
  );
  assert.equal(line, '1970-01-01T00:00:00.000Z INFO  said text="a\\nb" none=null err="x\\ny"\n');
});
