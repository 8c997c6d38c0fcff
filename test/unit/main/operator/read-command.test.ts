import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { FIELDS } from '../../../../src/main/operator/fields.ts';
import { readCommand } from '../../../../src/main/operator/read-command.ts';
import { typed } from '../../../../src/main/operator/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'operator-options-'));
after(() => rmSync(folder, { recursive: true }));

const IMAGE = ['--server-image', 'operator:1'];

function file(content: string): string {
  const path = join(folder, `${Math.random()}.yaml`);
  writeFileSync(path, content);
  return path;
}

function optionsOf(args: string[], environment: NodeJS.ProcessEnv = {}) {
  const command = readCommand(args, environment);
  assert.equal(command.kind, 'run', JSON.stringify(command));
  return command.kind === 'run' ? command.options : undefined;
}

function problemsOf(args: string[], environment: NodeJS.ProcessEnv = {}): string[] {
  const command = readCommand(args, environment);
  assert.equal(command.kind, 'refuse', JSON.stringify(command));
  return command.kind === 'refuse' ? command.problems : [];
}

for (const field of FIELDS.filter(({ key }) => key !== 'config')) {
  test(`${field.key} can be given by flag, variable and file alike`, () => {
    const { example: text } = field;
    const base = field.required ? [] : IMAGE;
    const assignment = `${field.flag}=${text}`;
    const byFlag = optionsOf([...base, assignment]);
    const byVariable = optionsOf(base, { [field.variable]: text });
    const path = file(stringify({ [field.key]: typed(field, text) }));
    const byFile = optionsOf([...base, '--config', path]);
    assert.deepEqual(byVariable, byFlag);
    assert.deepEqual({ ...byFile, config: undefined }, { ...byFlag, config: undefined });
    if (!field.required) assert.notDeepEqual(byFlag, optionsOf(IMAGE));
  });
}

test('a flag wins over the environment, that over the file, that over the default', () => {
  const path = file('concurrency: 3\nkubeApiBurst: 3\nlogLevel: warn\n');
  const options = optionsOf([...IMAGE, '--config', path, '--concurrency=1'], {
    ANWEDDOL_CONCURRENCY: '2',
    ANWEDDOL_KUBE_API_BURST: '2',
  });
  assert.equal(options?.concurrency, 1);
  assert.equal(options?.kubeApiBurst, 2);
  assert.equal(options?.logLevel, 'warn');
  assert.equal(options?.logFormat, 'json');
});

test('namespaces are gathered from several flags, and none are all', () => {
  const options = optionsOf([...IMAGE, '--namespaces', 'a,b', '--namespaces=c']);
  assert.deepEqual(options?.namespaces, ['a', 'b', 'c']);
  assert.deepEqual(optionsOf(IMAGE)?.namespaces, []);
});

test('leader election is on unless it is turned off', () => {
  assert.equal(optionsOf(IMAGE)?.leaderElect, true);
  assert.equal(optionsOf([...IMAGE, '--leader-elect'])?.leaderElect, true);
  for (const flag of ['--no-leader-elect', '--leader-elect=false']) {
    assert.equal(optionsOf([...IMAGE, flag])?.leaderElect, false);
  }
});

test('an address is a host and a port, a port alone, or 0 for nowhere', () => {
  const address = (text: string) => optionsOf([...IMAGE, `--health-address=${text}`])?.healthAddress;
  assert.deepEqual(address(':8081'), { port: 8081 });
  assert.deepEqual(address('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(address('[::1]:443'), { host: '::1', port: 443 });
  assert.equal(address('0'), null);
  assert.equal(optionsOf([...IMAGE, '--config', file('healthAddress: 0')])?.healthAddress, null);
  for (const wrong of ['8081', ':65536', 'a:b', '::1:80', '[host]:80', 'a b:80']) {
    assert.match(
      problemsOf([...IMAGE, `--health-address=${wrong}`])[0] ?? '',
      /^--health-address: got ".*"; takes HOST:PORT/,
    );
  }
});

test('everything that is wrong is said at once, in one line each that says where it came from and what is taken', () => {
  const path = file('logLevel: loud\nnamespaces: [fine, "Not fine"]\nconcurency: 4\n');
  const problems = problemsOf(['--loglevel=x', 'stray', '--kube-api-burst', '0', '--config', path, '--log-format'], {
    ANWEDDOL_CONCURRENCY: 'many',
  });
  assert.deepEqual(problems, [
    '--loglevel: there is no such option; did you mean --log-level?',
    'stray: takes flags only',
    '--log-format: needs a value; takes one of json, text',
    `concurency in ${path}: there is no such option; did you mean concurrency?`,
    '--server-image: is missing; takes the name of an image (or ANWEDDOL_SERVER_IMAGE, or serverImage in the file)',
    `namespaces in ${path}: got "Not fine"; takes names of namespaces, 20 at most`,
    'ANWEDDOL_CONCURRENCY: got "many"; takes a whole number from 1 to 256',
    `logLevel in ${path}: got "loud"; takes one of trace, debug, info, warn, error, fatal, silent`,
    '--kube-api-burst: got 0; takes a whole number from 1 to 10000',
  ]);
});

test('a file that is none of ours is refused without showing what is in it', () => {
  const secret = 'c2VjcmV0LXRva2Vu';
  const lines = [file(secret), file(`a: [${secret}`), file(`- ${secret}`), join(folder, 'none'), folder].flatMap(
    (path) => problemsOf([...IMAGE, '--config', path]),
  );
  assert.equal(lines.length, 5);
  for (const line of lines) assert.ok(!line.includes(secret), line);
  assert.match(lines[3] ?? '', /can't be read \(ENOENT\)/);
});

test('an empty file, an empty variable and variables of Services change nothing', () => {
  const options = optionsOf([...IMAGE, '--config', file('# nothing\n')], {
    ANWEDDOL_LOG_LEVEL: '',
    ANWEDDOL_LAB_SERVICE_HOST: '10.0.0.1',
    ANWEDDOL_LAB_PORT: 'tcp://10.0.0.1:6150',
  });
  assert.equal(options?.logLevel, 'info');
});

test('help and version are said whatever else is wrong', () => {
  assert.deepEqual(readCommand(['--nonsense', '-h'], {}), { kind: 'help' });
  assert.deepEqual(readCommand(['--version'], { ANWEDDOL_CONCURRENCY: 'many' }), { kind: 'version' });
});

test('a long value is cut in the message', () => {
  const [line = ''] = problemsOf([...IMAGE, `--log-level=${'x'.repeat(5000)}`]);
  assert.ok(line.length < 200, line);
});
