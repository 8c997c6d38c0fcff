import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { beforeEach, type TestContext } from 'node:test';
import { loadKubeConfig } from '../../../src/kube/load.ts';

beforeEach(() => {
  for (const name of ['KUBECONFIG', 'HOME', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']) {
    delete process.env[name];
  }
});

function kubeconfig(server: string): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    `clusters: [{ name: c, cluster: { server: '${server}' } }]`,
    'users: [{ name: u, user: { token: secret } }]',
    'contexts: [{ name: x, context: { cluster: c, user: u, namespace: lab } }]',
    'current-context: x',
  ].join('\n');
}

function withUser(user: object): string {
  return kubeconfig('https://a:6443').replace('{ token: secret }', JSON.stringify(user));
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'kube-load-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('a kubeconfig can be given as text', () => {
  const config = loadKubeConfig({ kubeconfig: kubeconfig('https://a:6443') });
  assert.equal(config.getCurrentCluster()?.server, 'https://a:6443');
  assert.equal(config.getCurrentUser()?.token, 'secret');
});

test('a kubeconfig can be given as a path', (t) => {
  const path = join(folder(t), 'config');
  writeFileSync(path, kubeconfig('https://b:6443'));
  assert.equal(loadKubeConfig({ kubeconfig: path }).getCurrentCluster()?.server, 'https://b:6443');
});

test('the given kubeconfig goes before the pod, the pod before KUBECONFIG, KUBECONFIG before the home folder', (t) => {
  const home = folder(t);
  mkdirSync(join(home, '.kube'));
  writeFileSync(join(home, '.kube', 'config'), kubeconfig('https://home:6443'));
  const named = join(home, 'named');
  writeFileSync(named, kubeconfig('https://named:6443'));
  const server = (text?: string) => loadKubeConfig({ kubeconfig: text }).getCurrentCluster()?.server;

  process.env.HOME = home;
  assert.equal(server(), 'https://home:6443');
  process.env.KUBECONFIG = named;
  assert.equal(server(), 'https://named:6443');
  process.env.KUBERNETES_SERVICE_HOST = '10.96.0.1';
  process.env.KUBERNETES_SERVICE_PORT = '443';
  assert.equal(server(), 'https://10.96.0.1:443');
  assert.equal(server(kubeconfig('https://given:6443')), 'https://given:6443');
});

test('nothing to load is one line that says what was looked for', (t) => {
  process.env.HOME = folder(t);
  assert.throws(() => loadKubeConfig(), {
    reason: 'NoConfiguration',
    message: /^no cluster to talk to: not in a pod, KUBECONFIG is not set, and there is no .*config$/,
  });
});

test('a missing file, a broken file and a context without a cluster are told in one line', (t) => {
  const path = join(folder(t), 'config');
  assert.throws(() => loadKubeConfig({ kubeconfig: path }), { message: /^cannot read kubeconfig .*ENOENT.*$/ });
  writeFileSync(path, 'a: [');
  assert.throws(() => loadKubeConfig({ kubeconfig: path }), { message: /^cannot read kubeconfig [^\n]*$/ });
  const lost = kubeconfig('https://a').replace('current-context: x', 'current-context: y');
  assert.throws(() => loadKubeConfig({ kubeconfig: lost }), { message: /current context "y" names no cluster/ });
});

test('in-cluster outside a pod is told in one line', () => {
  assert.throws(() => loadKubeConfig({ inCluster: true }), { message: /KUBERNETES_SERVICE_HOST is not set/ });
});

test('relative paths in a kubeconfig start at its folder: certificates, token file and plugin', (t) => {
  const path = join(folder(t), 'config');
  const user = { tokenFile: 'token', 'client-key': 'tls.key', exec: { command: 'bin/plugin' } };
  writeFileSync(path, withUser(user));
  const found = loadKubeConfig({ kubeconfig: path }).getCurrentUser();
  assert.equal(found?.authProvider.config.tokenFile, join(path, '..', 'token'));
  assert.equal(found?.keyFile, join(path, '..', 'tls.key'));
  assert.equal(found?.exec.command, join(path, '..', 'bin/plugin'));
});

test('a token file goes before a token', () => {
  const found = loadKubeConfig({ kubeconfig: withUser({ tokenFile: '/a', token: 'secret' }) }).getCurrentUser();
  assert.deepEqual([found?.authProvider.config.tokenFile, found?.token], ['/a', undefined]);
});

test('a plugin is told what it is run for, and a bare name is looked up in PATH', () => {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const exec = { apiVersion, command: 'plugin', env: [{ name: 'A', value: 'b' }] };
  const found = loadKubeConfig({ kubeconfig: withUser({ exec }) }).getCurrentUser()?.exec;
  assert.equal(found.command, 'plugin');
  const { KUBERNETES_EXEC_INFO = '', ...rest } = Object.fromEntries(
    found.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
  );
  assert.deepEqual(rest, { A: 'b' });
  assert.deepEqual(JSON.parse(KUBERNETES_EXEC_INFO), {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false },
  });
});
