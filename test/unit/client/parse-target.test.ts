import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTarget } from '../../../src/client/cli/parse-target.ts';

const targets: Record<string, { host: string; port: number }> = {
  localhost: { host: 'localhost', port: 6150 },
  '127.0.0.1:7000': { host: '127.0.0.1', port: 7000 },
  '::1': { host: '::1', port: 6150 },
  '[::1]': { host: '::1', port: 6150 },
  '[2001:db8::1]:7000': { host: '2001:db8::1', port: 7000 },
};
for (const [text, expected] of Object.entries(targets)) {
  test(`"${text}" is ${expected.host} port ${expected.port}`, () => assert.deepEqual(parseTarget(text), expected));
}

test('the default port may be another one', () => {
  const targets = ['host', 'host:7000', '::1', '[::1]', '[::1]:7000'];
  const ports = targets.map((target) => parseTarget(target, 4443).port);
  assert.deepEqual(ports, [4443, 7000, 4443, 4443, 7000]);
});

for (const text of [
  '',
  ':6150',
  'host:',
  'host:0',
  'host:65536',
  'host:port',
  'a:b:c',
  '[host]',
  '-oProxyCommand=x',
  'http://host',
]) {
  test(`"${text}" is no target`, () => assert.throws(() => parseTarget(text), RangeError));
}
