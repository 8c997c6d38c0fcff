/** The commands for administrators as they are typed. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { runAdmin } from './run-admin.ts';

const NAME = 'It is a name: lower-case letters, digits, dashes and dots.';
const WRONG: Record<string, string> = {
  'doctor extra': "error: too many arguments for 'doctor'. Expected 0 arguments but got 1: extra.",
  'doctor -o yaml':
    "error: option '-o, --output <format>' argument 'yaml' is invalid. Allowed choices are table, json.",
  'doctor -n ..': `error: option '-n, --namespace <name>' argument '..' is invalid. ${NAME}`,
  'doctor --timeout never':
    "error: option '--timeout <seconds>' argument 'never' is invalid. It is a number of seconds, at most 86400.",
  status: "error: missing required argument 'name'",
  'status a/b': `error: command-argument value 'a/b' is invalid for argument 'name'. ${NAME}`,
};
for (const [line, message] of Object.entries(WRONG)) {
  test(`"anwdl ${line}" is wrong usage`, async () => {
    assert.deepEqual(await runAdmin(line.split(' ')), { code: 64, stdout: '', stderr: `${message}\n` });
  });
}

test('the help names both commands, apart from those of a client', async () => {
  const { code, stdout } = await runAdmin(['--help']);
  assert.equal(code, 0);
  assert.match(stdout, /For administrators of a cluster:\n {2}doctor [^\n]*\n[\s\S]*status [^\n]* <name>/);
});

for (const command of ['doctor', 'status']) {
  test(`"anwdl ${command} --help" has examples and exit codes, in lines of 80 characters`, async () => {
    const { code, stdout } = await runAdmin([command, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Examples:\n {2}anwdl ${command}`));
    assert.match(stdout, /Exit codes:/);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 80),
      [],
    );
  });

  test(`"anwdl ${command}" without a usable kubeconfig says so in one line`, async () => {
    const args = [...command.replace('status', 'status lab').split(' '), '--kubeconfig', '/nowhere/config'];
    const { code, stdout, stderr } = await runAdmin(args);
    assert.deepEqual([code, stdout], [78, '']);
    assert.match(stderr, /^anwdl: cannot read kubeconfig \/nowhere\/config: [^\n]*\n$/);
  });
}

test('a context that the kubeconfig does not have is named', async (t) => {
  const server = await ScriptedApiServer.start((_, response) => response.end('{}'));
  t.after(() => server.close());
  const { code, stdout, stderr } = await runAdmin(['doctor', '--kubeconfig', server.kubeconfig(), '--context', 'none']);
  assert.deepEqual([code, stdout], [78, '']);
  assert.match(stderr, /^anwdl: the kubeconfig has no context "none"\n$/);
  assert.deepEqual(server.requests, []);
});

test('another context than the current one is used when it is named', async (t) => {
  const server = await ScriptedApiServer.start((_, response) => response.writeHead(401).end('{}'));
  t.after(() => server.close());
  const folder = await mkdtemp(join(tmpdir(), 'contexts-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'config');
  const clusters = [
    { name: 'silent', cluster: { server: 'http://127.0.0.1:1' } },
    { name: 'asked', cluster: { server: server.url } },
  ];
  const contexts = clusters.map(({ name }) => ({ name, context: { cluster: name, user: 'me' } }));
  const users = [{ name: 'me', user: { token: 'a-token' } }];
  await writeFile(path, JSON.stringify({ clusters, contexts, users, 'current-context': 'silent' }));
  const { code, stdout } = await runAdmin(['doctor', '--kubeconfig', path, '--context', 'asked']);
  assert.equal(code, 1);
  assert.ok(stdout.includes(server.url));
});

test('a cluster that does not answer is told as that', async () => {
  const kubeconfig = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: '' } }],
    'current-context': 'x',
  });
  const doctor = await runAdmin(['doctor', '--kubeconfig', kubeconfig]);
  assert.equal(doctor.code, 2);
  assert.match(doctor.stdout, /^failed {3}api-server: The API server at http:\/\/127\.0\.0\.1:1 does not answer: /);
  assert.match(doctor.stdout, /\n {9}do: Look whether [\s\S]*\n0 ok, 0 warnings, 1 failed, 0 unknown\n$/);
  const status = await runAdmin(['status', 'lab', '--kubeconfig', kubeconfig]);
  assert.deepEqual([status.code, status.stdout], [2, '']);
  assert.match(status.stderr, /^anwdl: the cluster cannot be reached: /);
});

test('a cluster that hangs is given up after the time that was given', async (t) => {
  const server = await ScriptedApiServer.start(() => {});
  t.after(() => server.close());
  const { code, stdout } = await runAdmin(['doctor', '--timeout', '0.2', '--kubeconfig', server.kubeconfig()]);
  assert.equal(code, 2);
  assert.match(stdout.replace(/\s+/g, ' '), /does not answer: GET \/version: no answer for 0\.2 s/);
});

test('credentials that the cluster does not take are no matter of reaching it', async (t) => {
  const server = await ScriptedApiServer.start((_, response) => response.writeHead(401).end('{}'));
  t.after(() => server.close());
  const { code, stdout, stderr } = await runAdmin(['doctor', '-o', 'json', '--kubeconfig', server.kubeconfig()]);
  assert.equal(code, 1);
  const { findings, summary } = JSON.parse(stdout);
  assert.deepEqual([findings.length, summary.failed], [1, 1]);
  assert.match(findings[0].found, /does not accept your credentials/);
  assert.ok(!(stdout + stderr).includes('a-token'));
});
