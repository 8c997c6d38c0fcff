/**
 * An upgrade from the first chart of this project to today's, while somebody is in a container. Pods are processes here and run
 * today's programs in both releases: what differs is everything that the charts make. So the first release is lent the rights that
 * today's operator needs, and gives them back before the upgrade.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AnweddolServer } from '../../src/api/resources.ts';
import {
  ClusterRole,
  ClusterRoleBinding,
  Deployment,
  Namespace,
  VirtualMachineInstance,
} from '../../src/kube/resources.ts';
import { watched } from '../../src/kube/watched.ts';
import { type HelmOptions, helm, helmInstall } from '../../src/main/demo/helm.ts';
import { type Lab, serverAddress, untilNothingIsLeft } from '../../src/main/demo/lab.ts';
import { applyManifests, manifestsOf } from '../../src/main/demo/manifests.ts';
import { type Caller, create, destroy, runInContainer } from '../../src/main/demo/walkthrough.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { dialUntilBanner } from '../../src/virtualization/ssh/dial.ts';
import { login, type SshSession } from '../../src/virtualization/ssh/session.ts';
import type { CreatedContainer } from '../../src/wire/response.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { type Arena, NODE_ON_PATH, OWN_PLANES, restrictedNamespace, startArena } from '../cluster/chart/arena.ts';
import { suite } from '../support/suite.ts';
import { HELM_4, only } from '../unit/chart/helms.ts';

const HOSTS = ['127.0.0.97', '127.0.0.98'];
const FIRST_CHART = fileURLToPath(new URL('../fixtures/charts/first.tgz', import.meta.url));
const OPERATOR = { namespace: 'anweddol-system', name: 'anweddol-operator' };
const LAB = { namespace: 'labs', name: 'lab' };
const KEY = 'labs/lab';
const LENT = { name: 'lent-rights' };

for (const [index, plane] of OWN_PLANES.entries()) {
  const host = HOSTS[index] ?? '';
  suite(`an upgrade from the first chart on the ${plane.name}`, plane.skip || HELM_4.skip, () => {
    upgradeFromFirst(() => startArena(plane, host), host);
  });
}

function upgradeFromFirst(start: () => Promise<Arena>, host: string): void {
  let arena: Arena;
  let servers: Lab['servers'];
  let key: RSAWrapper;
  let container: CreatedContainer;
  let inside: SshSession;
  let seen: Record<string, string | undefined>;
  const stop = new AbortController();

  before(async () => {
    arena = await start();
    await restrictedNamespace(arena.kube, OPERATOR.namespace);
    await arena.kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LAB.namespace } });
    await lendRights();
    key = await RSAWrapper.generate({ bits: 2048 });
    servers = watched(arena.kube, AnweddolServer, {}, { clock, log: createLog('test', 'silent'), signal: stop.signal });
  });
  after(async () => {
    inside?.close();
    stop.abort();
    await arena?.close();
  });

  const by = (): HelmOptions => arena.by(HELM_4.program);
  const values = (maxRunning: number) => ({
    servers: [
      { ...LAB, spec: { replicas: 1, iso: { image: 'anweddol-container-iso:0.1.0' }, containers: { maxRunning } } },
    ],
    extraEnv: [NODE_ON_PATH],
  });
  const caller = async (): Promise<Caller> => {
    const server = await serverAddress({ servers } as Lab, KEY, arena.patience());
    return { server, key, signal: arena.patience() };
  };
  /** By these they are known to be the same objects as before. */
  const uids = async () => {
    const { items } = await arena.kube.list(VirtualMachineInstance, { namespace: LAB.namespace });
    return {
      operator: (await arena.kube.get(Deployment, OPERATOR))?.metadata.uid,
      server: (await arena.kube.get(AnweddolServer, LAB))?.metadata.uid,
      serverPods: (await arena.kube.get(Deployment, { ...LAB, name: 'lab-server' }))?.metadata.uid,
      machines: items.map(({ metadata }) => metadata.uid).join(),
    };
  };

  async function lendRights(): Promise<void> {
    const { rules } = only<ClusterRole>(await manifestsOf('deploy/operator'), 'ClusterRole');
    const rbac = 'rbac.authorization.k8s.io';
    const common = { apiVersion: `${rbac}/v1`, metadata: LENT };
    const role = { ...common, kind: 'ClusterRole', rules };
    const subjects = [{ kind: 'ServiceAccount', ...OPERATOR }];
    const roleRef = { apiGroup: rbac, kind: 'ClusterRole', ...LENT };
    const binding = { ...common, kind: 'ClusterRoleBinding', roleRef, subjects };
    await applyManifests(arena.kube, [role, binding], arena.patience());
  }

  test('the first chart is installed, and somebody gets into a container', async () => {
    await helmInstall(by(), { values: values(2), chart: FIRST_CHART });
    container = await create(await caller());
    const socket = await dialUntilBanner(host, container.container_listen_port, arena.patience());
    const { container_username: username, container_password: password } = container;
    inside = await login(socket, { username, password }, arena.patience());
    seen = await uids();
    assert.ok(Object.values(seen).every(Boolean), JSON.stringify(seen));
  });

  test('the upgrade to the chart of today changes its objects where they are', async () => {
    await arena.kube.delete(ClusterRoleBinding, LENT);
    await arena.kube.delete(ClusterRole, LENT);
    await helmInstall(by(), { values: values(2) });
    assert.match(await helm(by(), ['history', OPERATOR.name, '-n', OPERATOR.namespace]), /\n2\s.*\sdeployed\s/);
    assert.deepEqual(await uids(), seen);
  });

  test('whoever is in the container has not noticed', async () => {
    const { code, stdout } = await inside.run('id -un', arena.patience());
    assert.deepEqual([code, stdout.trim()], [0, container.container_username]);
  });

  test('the new release changes the server, gives another container, and ends both', async () => {
    await helmInstall(by(), { values: { ...values(3), config: { logLevel: 'debug' } } });
    const { generation = 0 } = (await arena.kube.get(AnweddolServer, LAB))?.metadata ?? {};
    const isObserved = (all: Lab['servers']) =>
      (all.get(KEY)?.status?.observedGeneration ?? 0) >= generation || undefined;
    await servers.waitFor(isObserved, arena.patience());
    assert.equal((await arena.kube.get(AnweddolServer, LAB))?.spec.containers.maxRunning, 3);
    const another = await create(await caller());
    const said = await runInContainer(host, another, 'id -un', arena.patience());
    assert.equal(said.trim(), another.container_username);
    for (const each of [container, another]) await destroy(await caller(), each);
    await untilNothingIsLeft({ kube: arena.kube, namespace: LAB.namespace } as Lab, arena.patience());
  });
}
