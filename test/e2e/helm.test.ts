import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { ControlPlane } from '../../src/embedded/control-plane.ts';
import { kubeconfigText } from '../../src/embedded/kubeconfig.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';

const NO_HELM = 'no helm: see the start of this run';

for (const plane of PLANES) {
  const skip = plane.skip || (process.env.HELM ? false : NO_HELM);
  suite(`helm on the ${plane.name}`, skip, () => helmOn(plane));
}

/** A small chart with what charts have: a template with values, a hook, a built-in workload, a version it asks for. */
const CHART: Record<string, string> = {
  'Chart.yaml': 'apiVersion: v2\nname: small\nversion: 0.1.0\nkubeVersion: ">=1.30.0-0"\n',
  'values.yaml': 'replicas: 0\ngreeting: hello\n',
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-config}\ndata: {greeting: {{ .Values.greeting | quote }}}\n',
  'templates/workload.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: main, image: "web:1"}]
`,
};

function helmOn(plane: Plane): void {
  const NAMESPACE = `helm-${process.pid}`;
  let api: ControlPlane;
  let folder: string;

  before(async () => {
    api = await plane.start();
    folder = await mkdtemp(join(tmpdir(), 'helm-test-'));
    const { url, caCertificate, adminToken } = api;
    const config = kubeconfigText({ name: 'admin', url, caCertificate, token: adminToken, namespace: NAMESPACE });
    await writeFile(join(folder, 'config'), config, { mode: 0o600 });
    await mkdir(join(folder, 'chart/templates'), { recursive: true });
    for (const [path, text] of Object.entries(CHART)) await writeFile(join(folder, 'chart', path), text);
    await run(process.env.KUBECTL ?? 'kubectl', 'create', 'namespace', NAMESPACE);
  });
  after(async () => {
    await run(process.env.KUBECTL ?? 'kubectl', 'delete', 'namespace', NAMESPACE, '--wait=false');
    await api.close();
    await rm(folder, { recursive: true });
  });

  /** What it prints, errors last. @throws the same when it fails */
  async function run(program: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, KUBECONFIG: join(folder, 'config'), HOME: folder };
    const { stdout, stderr } = await promisify(execFile)(program, args, { env, timeout: 60_000 });
    return stdout + stderr;
  }
  const helm = (...args: string[]) => run(process.env.HELM ?? 'helm', ...args);
  const kubectl = (...args: string[]) => run(process.env.KUBECTL ?? 'kubectl', ...args);
  const chart = () => join(folder, 'chart');

  test('installs a chart, upgrades it, shows its history, rolls it back and takes it away', async () => {
    assert.match(await helm('install', 'one', chart(), '--wait'), /STATUS: deployed/);
    assert.match(await helm('list', '-o', 'json'), /"name":"one".*"status":"deployed","chart":"small-0.1.0"/);
    const greeting = () => kubectl('get', 'configmap', 'one-config', '-o', 'jsonpath={.data.greeting}');
    assert.equal(await greeting(), 'hello');
    assert.match(await helm('upgrade', 'one', chart(), '--set', 'greeting=welcome'), /has been upgraded/);
    assert.equal(await greeting(), 'welcome');
    await helm('rollback', 'one', '1');
    assert.equal(await greeting(), 'hello');
    assert.match(await helm('history', 'one'), /\n3\s.*\sdeployed\s/);
    assert.match(await helm('uninstall', 'one', '--wait'), /uninstalled/);
    assert.equal(
      (await kubectl('get', 'configmap,deployment', '-l', 'app.kubernetes.io/managed-by=Helm', '-o', 'name')).trim(),
      '',
    );
  });

  test('tries a chart on the server without installing it', async () => {
    const tried = await helm('install', 'tried', chart(), '--dry-run=server');
    assert.match(tried, /greeting: "?hello"?/);
    assert.equal((await helm('list', '-q')).trim(), '');
  });

  test('tells of values that the API server refuses', async () => {
    await assert.rejects(
      helm('install', 'wrong', chart(), '--set', 'replicas=-1'),
      /spec\.replicas.*greater than or equal to 0/s,
    );
  });
}
