/** Several releases of the chart in one cluster: which go together, and what helm says of those that don't. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AnweddolServer } from '../../src/api/resources.ts';
import { Deployment, Namespace } from '../../src/kube/resources.ts';
import { watched } from '../../src/kube/watched.ts';
import { type HelmOptions, helmInstall, helmUninstall } from '../../src/main/demo/helm.ts';
import { type Lab, serverAddress } from '../../src/main/demo/lab.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { type Arena, OWN_PLANES, startArena } from '../cluster/chart/arena.ts';
import { kubectlProgram } from '../support/kubectl.ts';
import { suite } from '../support/suite.ts';
import { HELM_4 } from '../unit/chart/helms.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HOSTS = ['127.0.0.95', '127.0.0.96'];
const NAMESPACES = ['lab-a', 'lab-b', 'lab-c'];
/** The definitions are the first one's. */
const SECOND = { crds: { install: false } };
const iso = { image: 'anweddol-container-iso:0.1.0' };

for (const [index, plane] of OWN_PLANES.entries()) {
  suite(`releases on the ${plane.name}`, plane.skip || HELM_4.skip, () => {
    releases(() => startArena(plane, HOSTS[index] ?? ''));
  });
}

function releases(start: () => Promise<Arena>): void {
  let arena: Arena;
  const stop = new AbortController();
  const by = (): HelmOptions => arena.by(HELM_4.program);
  const install = (release: string, namespace: string, values: object) =>
    helmInstall(by(), { release, namespace, values });

  before(async () => {
    arena = await start();
    for (const name of NAMESPACES) {
      await arena.kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  });
  after(async () => {
    stop.abort();
    await arena?.close();
  });

  test('two of them serve different namespaces, the second with the definitions of the first', async () => {
    await install('one', 'system-one', { scope: { namespaces: ['lab-a'] } });
    const second = {
      scope: { namespaces: ['lab-b'] },
      ...SECOND,
      servers: [{ name: 'two', namespace: 'lab-b', spec: spec(2) }],
    };
    await install('two', 'system-two', second);
    const servers = watched(
      arena.kube,
      AnweddolServer,
      {},
      { clock, log: createLog('test', 'silent'), signal: stop.signal },
    );
    const first = {
      apiVersion: 'anweddol.io/v1alpha1',
      kind: 'AnweddolServer',
      metadata: { name: 'one', namespace: 'lab-a' },
    };
    await arena.kube.create(AnweddolServer, { ...first, spec: spec(1) } as unknown as AnweddolServer);
    for (const [key, port] of [
      ['lab-a/one', 6151],
      ['lab-b/two', 6152],
    ] as const) {
      assert.equal((await serverAddress({ servers } as Lab, key, arena.patience())).port, port);
    }
  });

  test('the definitions are of one release only', async () => {
    await assert.rejects(
      install('three', 'system-three', { scope: { namespaces: ['lab-c'] } }),
      /crds\.install: .* belong to the release one of namespace system-one; set crds\.install=false/,
    );
  });

  test('a namespace is served by one release only', async () => {
    await assert.rejects(
      install('three', 'system-three', { ...SECOND, scope: { namespaces: ['lab-c', 'lab-b'] } }),
      /scope\.namespaces: lab-b is served by the release two of namespace system-two already/,
    );
  });

  test('one for the whole cluster is refused beside those', async () => {
    await assert.rejects(
      install('three', 'system-three', SECOND),
      /the release (one|two) of namespace system-\1 serves the namespace lab-[ab] already/,
    );
  });

  test('and one for the whole cluster refuses others', async () => {
    await helmUninstall(by(), { release: 'one', namespace: 'system-one' });
    await helmUninstall(by(), { release: 'two', namespace: 'system-two' });
    // The definitions that one has left are taken over, as helm is told to.
    await helmInstall(by(), { release: 'whole', namespace: 'system-one', takeOwnership: true });
    const refused = /the release whole of namespace system-one serves the whole cluster already/;
    await assert.rejects(install('four', 'system-four', SECOND), refused);
    const scope = { namespaces: ['lab-c'], readCluster: true };
    await assert.rejects(install('four', 'system-four', { ...SECOND, scope }), refused);
    await helmUninstall(by(), { release: 'whole', namespace: 'system-one' });
  });

  test('what kubectl and its kustomize have made is taken over by helm when it is told to, and not before', async () => {
    const kubectl = (...args: string[]) =>
      promisify(execFile)(kubectlProgram(), args, { cwd: ROOT, env: { ...process.env, KUBECONFIG: arena.kubeconfig } });
    await kubectl('apply', '-f', 'crds');
    await kubectl('apply', '-k', 'deploy/operator');
    await kubectl('-n', 'anweddol-system', 'rollout', 'status', 'deployment/anweddol-operator', '--timeout=2m');
    await assert.rejects(helmInstall(by()), /cannot be imported into the current release/);
    await arena.kube.delete(Deployment, { namespace: 'anweddol-system', name: 'anweddol-operator' });
    await helmInstall(by(), { takeOwnership: true });
    await helmUninstall(by());
  });
}

function spec(number: number): object {
  return { replicas: 1, listenPort: 6150 + number, iso, service: { firstSshPort: 10_000 + number * 100 } };
}
