import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ControlPlane } from '../../src/embedded/control-plane.ts';
import { kubeconfigText } from '../../src/embedded/kubeconfig.ts';
import { kubectlProgram } from '../support/kubectl.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';

const DEFINITIONS = fileURLToPath(new URL('../../crds/', import.meta.url));
const COMMAND_DEADLINE_MS = 30_000;

function server(name: string, extra = ''): string {
  return `apiVersion: anweddol.io/v1alpha1
kind: AnweddolServer
metadata:
  name: ${name}
spec:
  iso:
    sha256: ${'a'.repeat(64)}
    image: registry.example/iso
${extra}`;
}

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  nodeName: n1
  containers:
    - name: main
      image: web:1
`;

for (const plane of PLANES) {
  suite(`kubectl on the ${plane.name}`, plane.skip, () => kubectlOn(plane));
}

function kubectlOn(plane: Plane): void {
  /** Where everything is made that does not say otherwise. */
  const NAMESPACE = `kubectl-${process.pid}`;
  const MADE = `made-${process.pid}`;
  let program: string;
  let api: ControlPlane;
  let folder: string;

  before(async () => {
    program = kubectlProgram();
    api = await plane.start();
    const { url, caCertificate, adminToken } = api;
    folder = await mkdtemp(join(tmpdir(), 'kubectl-test-'));
    const config = kubeconfigText({ name: 'admin', url, caCertificate, token: adminToken, namespace: NAMESPACE });
    await writeFile(join(folder, 'config'), config);
    await kubectl(['create', 'namespace', NAMESPACE]);
    await kubectl(['apply', '-f', DEFINITIONS]);
    await kubectl(['wait', '--for=condition=established', 'crd/anweddolservers.anweddol.io']);
  });
  after(async () => {
    await kubectl(['delete', 'namespace', NAMESPACE, MADE, '--wait=false']);
    await api.close();
    await rm(folder, { recursive: true });
  });

  const environment = () => ({ ...process.env, KUBECONFIG: join(folder, 'config'), HOME: folder });

  /** What kubectl prints, to both. @throws the same when it fails */
  function kubectl(args: string[], input = ''): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { env: environment(), timeout: COMMAND_DEADLINE_MS };
      const child = execFile(program, args, options, (error, stdout, stderr) => {
        if (error) reject(new Error(stdout + stderr, { cause: error }));
        else resolve(stdout + stderr);
      });
      child.stdin?.end(input);
    });
  }

  const apply = (manifest: string, ...flags: string[]) => kubectl(['apply', '-f', '-', ...flags], manifest);

  test('applies, applies again, applies a change, and tries without doing', async () => {
    assert.match(await apply(server('tried'), '--dry-run=server'), /tried created \(server dry run\)/);
    assert.match(await apply(server('tried')), /tried created/);
    assert.match(await apply(server('tried')), /tried unchanged/);
    assert.match(await apply(server('tried', '  replicas: 3')), /tried configured/);
    assert.equal(await kubectl(['get', 'anwdl', 'tried', '-o', 'jsonpath={.spec.replicas}']), '3');
    assert.match(await kubectl(['diff', '-f', '-'], server('tried', '  replicas: 3')), /^$/);
  });

  test('applies on the server side, and tells of conflicts', async () => {
    assert.match(await apply(server('ssa', '  replicas: 2'), '--server-side'), /serverside-applied/);
    await kubectl(['scale', 'anwdl/ssa', '--replicas=4']);
    const again = apply(server('ssa', '  replicas: 2'), '--server-side');
    await assert.rejects(
      again,
      /Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale"[^:]*: .spec.replicas/,
    );
    assert.match(
      await apply(server('ssa', '  replicas: 2'), '--server-side', '--force-conflicts'),
      /serverside-applied/,
    );
  });

  test('is told about wrong fields and broken rules', async () => {
    await assert.rejects(apply(server('wrong', '  replicass: 2')), /unknown field "spec.replicass"/);
    await assert.rejects(
      apply(server('wrong', '  containers:\n    maxRunning: 0')),
      /The AnweddolServer "wrong" is invalid: spec.containers.maxRunning: Invalid value: 0: .* should be greater than or equal to 1/,
    );
    await assert.rejects(
      apply(server('wrong', '    persistentVolumeClaim: x')),
      /exactly one of image, persistentVolumeClaim and http/,
    );
  });

  test('gets tables, YAML and selections', async () => {
    await apply(server('shown'));
    await kubectl(['label', 'anwdl', 'shown', 'team=a']);
    await kubectl(['annotate', 'anwdl', 'shown', 'note=b']);
    assert.match(
      await kubectl(['get', 'anwdl', '-l', 'team=a', '-A']),
      new RegExp(`^NAMESPACE +NAME +PHASE [^]*\\n${NAMESPACE} +shown `),
    );
    assert.match(await kubectl(['get', 'anwdl', 'shown', '-o', 'yaml']), /maxLifetimeSeconds: 86400/);
    assert.match(await kubectl(['get', 'anweddol', '-o', 'name']), /anweddolserver.anweddol.io\/shown/);
    assert.match(await kubectl(['get', 'all', '-n', 'default']), /service\/kubernetes +ClusterIP +10\.96\.0\.1/);
  });

  test('watches', async () => {
    const child = spawn(program, ['get', 'secrets', '-w', '-o', 'name', '-n', NAMESPACE], {
      env: environment(),
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await kubectl(['create', 'secret', 'generic', 'first', '-n', NAMESPACE, '--from-literal=a=b']);
    assert.equal((await lines.next()).value, 'secret/first');
    await kubectl(['create', 'secret', 'generic', 'second', '-n', NAMESPACE, '--from-literal=a=b']);
    assert.equal((await lines.next()).value, 'secret/second');
    child.kill();
    await once(child, 'close');
  });

  test('describes and explains', async () => {
    await apply(server('described'));
    await kubectl(['create', 'secret', 'generic', 'keys', '--from-literal=key=value']);
    await apply(POD);
    assert.match(await kubectl(['describe', 'anwdl', 'described']), /Kind: +AnweddolServer[\s\S]*Max Running: +6/);
    assert.match(await kubectl(['describe', 'secret', 'keys']), /key: +5 bytes/);
    assert.match(await kubectl(['describe', 'pod', 'web']), /Image: +web:1[\s\S]*QoS Class: +BestEffort/);
    assert.match(await kubectl(['explain', 'anweddolserver.spec.containers']), /maxRunning\s+<integer>/);
    assert.match(
      await kubectl(['explain', 'deployment.spec.template.spec.containers.ports']),
      /containerPort\s+<integer> -required-/,
    );
  });

  test('waits for conditions and for the end', async () => {
    await apply(server('awaited'));
    const ready = kubectl(['wait', '--for=condition=Ready', 'anwdl/awaited']);
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'T',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const status = JSON.stringify({ status: { conditions: [condition] } });
    await kubectl(['patch', 'anwdl', 'awaited', '--subresource=status', '--type=merge', '-p', status]);
    assert.match(await ready, /condition met/);
    const finalizers = (list: string[] | null) => JSON.stringify({ metadata: { finalizers: list } });
    await kubectl(['patch', 'anwdl', 'awaited', '--type=merge', '-p', finalizers(['t.io/held'])]);
    const deleted = kubectl(['delete', 'anwdl', 'awaited']);
    await kubectl(['wait', '--for=jsonpath={.metadata.deletionTimestamp}', 'anwdl/awaited']);
    await kubectl(['patch', 'anwdl', 'awaited', '--type=merge', '-p', finalizers(null)]);
    assert.match(await deleted, /"awaited" deleted/);
    await assert.rejects(kubectl(['get', 'anwdl', 'awaited']), /\(NotFound\)/);
  });

  test('creates what it sends in the binary form', async () => {
    await kubectl(['create', 'namespace', MADE]);
    await kubectl(['create', 'deployment', 'web', '--image=web:1', '--replicas=0', '--port=80', '-n', MADE]);
    await kubectl(['create', 'service', 'clusterip', 'web', '--tcp=80:8080', '-n', MADE]);
    assert.match(
      await kubectl(['get', 'deploy,svc', '-n', MADE]),
      /deployment.apps\/web +0\/0 [\s\S]*service\/web +ClusterIP .* 80\/TCP/,
    );
    assert.equal(await kubectl(['get', 'deploy', 'web', '-n', MADE, '-o', 'jsonpath={.spec.replicas}']), '0');
    assert.match(await kubectl(['set', 'image', 'deploy/web', 'web=web:2', '-n', MADE]), /image updated/);
  });

  test('speaks for ServiceAccounts, who may do what their role says', async () => {
    await kubectl(['create', 'serviceaccount', 'reader']);
    await kubectl(['create', 'role', 'reader', '--verb=get,list', '--resource=configmaps']);
    await kubectl(['create', 'rolebinding', 'reader', '--role=reader', `--serviceaccount=${NAMESPACE}:reader`]);
    const token = (await kubectl(['create', 'token', 'reader'])).trim();
    const asReader = [`--token=${token}`, `--server=${api.url}`];
    assert.match(await kubectl(['auth', 'can-i', 'list', 'configmaps', ...asReader]), /^yes/);
    await assert.rejects(kubectl(['auth', 'can-i', 'delete', 'configmaps', ...asReader]), /^Error: no/);
    await kubectl(['get', 'configmaps', ...asReader]);
    await assert.rejects(
      kubectl(['get', 'secrets', ...asReader]),
      new RegExp(
        `\\(Forbidden\\): secrets is forbidden: User "system:serviceaccount:${NAMESPACE}:reader" cannot list resource "secrets"`,
      ),
    );
  });

  test('reads events, and lists what there is', async () => {
    await apply(POD.replace('name: web', 'name: talking'));
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'talking.1', namespace: NAMESPACE },
      regarding: { apiVersion: 'v1', kind: 'Pod', name: 'talking', namespace: NAMESPACE },
      type: 'Normal',
      reason: 'Talked',
      note: 'said hello',
      action: 'Talk',
      reportingController: 't.io/talker',
      reportingInstance: 'one',
      eventTime: new Date().toISOString().replace('Z', '000Z'),
    };
    await apply(JSON.stringify(event));
    assert.match(await kubectl(['get', 'events']), /Normal +Talked +pod\/talking +said hello/);
    assert.match(await kubectl(['events', '--for', 'pod/talking']), /Talked/);
    assert.match(
      await kubectl(['api-resources']),
      /anweddolservers +anwdl +anweddol.io\/v1alpha1 +true +AnweddolServer/,
    );
    assert.match(await kubectl(['api-versions']), /^anweddol.io\/v1alpha1\napiextensions.k8s.io\/v1\n/m);
  });
}
