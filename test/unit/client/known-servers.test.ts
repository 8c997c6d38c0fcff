import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  contentOf,
  findKey,
  keysOf,
  parseKnownLines,
  withGeneration,
  withKey,
} from '../../../src/client/cli/known-servers/known-lines.ts';
import { knownServersPath } from '../../../src/client/cli/known-servers/location.ts';
import { serverName } from '../../../src/client/cli/known-servers/server-name.ts';
import { formatPin } from '../../../src/client/tls/pins.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const A = sha256('a');
const B = sha256('b');

test('a file is read line by line: keys, comments, blank lines, fields of other releases', () => {
  const content = [
    '# the lab',
    '',
    `lab.example.org:6150 rsa ${formatPin(A)} generation=3 since=2026`,
    `\t[2001:DB8::1]:7000   tls\t${formatPin(B)}  `,
    `Lab.Example.org:6150 tls ${B} seen=yes`,
    '',
  ].join('\n');
  const lines = parseKnownLines(content);
  assert.deepEqual(keysOf(lines), [
    { server: 'lab.example.org:6150', kind: 'rsa', sha256: A, generation: 3 },
    { server: '[2001:db8::1]:7000', kind: 'tls', sha256: B },
    { server: 'lab.example.org:6150', kind: 'tls', sha256: B },
  ]);
  assert.equal(contentOf(lines), content);
});

test('a new key is one line at the end, and the rest stays as it is', () => {
  const content = `# mine\n\nlab:6150 rsa ${formatPin(A)} x=1  \n`;
  const lines = withKey(parseKnownLines(content.trimEnd()), { server: 'lab:6150', kind: 'tls', sha256: B });
  assert.equal(contentOf(lines), `${content.trimEnd()}\nlab:6150 tls ${formatPin(B)}\n`);
  assert.deepEqual(keysOf(parseKnownLines(contentOf(lines))), keysOf(lines));
});

test('a generation is put into the line of the server, among whatever else is there', () => {
  const line = (server: string, fields: string) => `${server} rsa ${formatPin(A)}${fields}\n`;
  const lines = parseKnownLines(line('one:1', '') + line('two:2', ' x=1 generation=3  y=2') + line('three:3', ' z'));
  const change = (server: string) => contentOf(withGeneration(lines, server, 'rsa', 1)).split('\n');
  assert.equal(change('one:1')[0], `one:1 rsa ${formatPin(A)} generation=1`);
  assert.equal(change('two:2')[1], `two:2 rsa ${formatPin(A)} x=1 generation=1  y=2`);
  assert.equal(change('three:3')[2], `three:3 rsa ${formatPin(A)} z generation=1`);
  assert.equal(findKey(withGeneration(lines, 'two:2', 'rsa', 1), 'two:2', 'rsa')?.generation, 1);
});

test('a generation is taken out of the line, and out of no other field', () => {
  const lines = parseKnownLines(`one:1 rsa ${formatPin(A)} x-generation=1 generation=2 y\n`);
  const changed = withGeneration(lines, 'one:1', 'rsa', undefined);
  assert.equal(contentOf(changed), `one:1 rsa ${formatPin(A)} x-generation=1 y\n`);
  assert.deepEqual(keysOf(changed), [{ server: 'one:1', kind: 'rsa', sha256: A }]);
});

test('nothing changes where the generation is that one, or the server is not known', () => {
  const lines = parseKnownLines(`one:1 rsa ${formatPin(A)} generation=3\n`);
  assert.equal(withGeneration(lines, 'one:1', 'rsa', 3), lines);
  assert.equal(withGeneration(lines, 'one:1', 'tls', 1), lines);
  assert.equal(withGeneration(lines, 'two:1', 'rsa', 1), lines);
});

const good = `lab:6150 rsa ${formatPin(A)}`;
const malformed: Record<string, [content: string, fault: string]> = {
  'no port': [`lab rsa ${formatPin(A)}`, 'line 1: it has to begin with HOST:PORT'],
  'no server at all': ['-x:1 rsa', 'line 1: it has to begin with HOST:PORT'],
  'another kind': [`${good}\nlab:6150 dsa ${formatPin(A)}`, 'line 2: after the server has to come "rsa" or "tls"'],
  'half a line': ['# one\n\nlab:6150', 'line 3: after the server has to come "rsa" or "tls"'],
  'no key': ['lab:6150 rsa', 'line 1: the third word has to be a fingerprint, SHA256:<base64>'],
  'half a key': [good.slice(0, -1), 'line 1: the third word has to be a fingerprint, SHA256:<base64>'],
  'an unknown generation': [`${good} generation=4`, 'line 1: the generation has to be 1, 2 or 3'],
  'two keys of a kind': [`${good}\n#\nLAB:6150 rsa ${formatPin(B)}`, 'line 3: lab:6150 rsa is in line 1 already'],
};
for (const [what, [content, message]] of Object.entries(malformed)) {
  test(`a file with ${what} is refused, by its line`, () => {
    assert.throws(() => parseKnownLines(content), { name: 'RangeError', message });
  });
}

test('the file is where the flag, the environment or the configuration folder says', () => {
  const home = { HOME: '/home/me' };
  const named = { ANWDL_KNOWN_SERVERS: '/named' };
  assert.equal(knownServersPath('flag', { ...home, ...named }), 'flag');
  assert.equal(knownServersPath(undefined, { ...home, ...named, XDG_CONFIG_HOME: '/xdg' }), '/named');
  assert.equal(knownServersPath(undefined, { ...home, XDG_CONFIG_HOME: '/xdg' }), '/xdg/anwdl/known_servers');
  assert.equal(knownServersPath(undefined, { XDG_CONFIG_HOME: 'xdg' }), undefined);
  assert.equal(knownServersPath(undefined, home), '/home/me/.config/anwdl/known_servers');
  assert.equal(knownServersPath(undefined, { ...home, XDG_CONFIG_HOME: '' }), '/home/me/.config/anwdl/known_servers');
  assert.equal(knownServersPath(undefined, {}), undefined);
});

test('a server is called by its address and port, in lower case', () => {
  assert.equal(serverName({ host: 'Lab.Example.ORG', port: 1 }), 'lab.example.org:1');
  assert.equal(serverName({ host: '2001:DB8::1', port: 1 }), '[2001:db8::1]:1');
});
