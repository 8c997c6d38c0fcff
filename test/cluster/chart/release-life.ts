/** The life of a release of the chart: installed with a server in one go, upgraded, taken away, put back. */
import assert from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AnweddolServer } from '../../../src/api/resources.ts';
import type { ServerAddress } from '../../../src/client/dial.ts';
import {
  CustomResourceDefinition,
  Deployment,
  Namespace,
  Pod,
  Secret,
  VirtualMachineInstance,
} from '../../../src/kube/resources.ts';
import { watched } from '../../../src/kube/watched.ts';
import { runFolder } from '../../../src/main/demo/folders.ts';
import { type HelmOptions, helm, helmInstall, helmUninstall } from '../../../src/main/demo/helm.ts';
import { type Lab, serverAddress, untilNothingIsLeft } from '../../../src/main/demo/lab.ts';
import { ask, type Caller, create, destroy, runInContainer } from '../../../src/main/demo/walkthrough.ts';
import { createLog } from '../../../src/observability/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import type { CreatedContainer } from '../../../src/wire/response.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import type { Helm } from '../../unit/chart/helms.ts';
import { type Arena, NODE_ON_PATH, restrictedNamespace } from './arena.ts';

const CHART = fileURLToPath(new URL('../../../charts/anweddol-operator', import.meta.url));
const NAMESPACE = 'anweddol-system';
const LAB = { namespace: 'labs', name: 'lab' };
const KEY = 'labs/lab';
const ISO = { image: 'anweddol-container-iso:0.1.0' };
/** Listed for a while: no server pod is wanted, so it is never ready. */
const IDLE = { namespace: 'labs', name: 'idle' };
/** Enough for whatever is ready at once, and how long helm 4 waits in vain. */
const SHORT_WAIT = '20s';
const DEFINITION = { name: 'anweddolservers.anweddol.io' };
/** What etcd takes. */
const MAX_RELEASE_BYTES = 1 << 20;

/** @param host the loopback address of the cluster's load balancer */
export function lifeOfRelease(start: () => Promise<Arena>, { name, program }: Helm, host: string): void {
  /** It takes what is there into a release without changing it, unless it is told to. */
  const isHelm3 = name === 'helm 3';
  let arena: Arena;
  let servers: Lab['servers'];
  let key: RSAWrapper;
  let container: CreatedContainer;
  let machine: string | undefined;
  const stop = new AbortController();

  before(async () => {
    arena = await start();
    await restrictedNamespace(arena.kube, NAMESPACE);
    await arena.kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LAB.namespace } });
    key = await RSAWrapper.generate({ bits: 2048 });
  });
  after(async () => {
    stop.abort();
    await arena?.close();
  });

  const by = (): HelmOptions => arena.by(program);
  const values = (spec: object = {}, others: object[] = []) => ({
    servers: [{ ...LAB, spec: { replicas: 1, iso: ISO, ...spec } }, ...others],
    helmTest: { address: `${host}:6150` },
    extraEnv: [NODE_ON_PATH],
  });
  const withIdle = () => values({}, [{ ...IDLE, spec: { replicas: 0, listenPort: 6152, iso: ISO } }]);
  const address = (): Promise<ServerAddress> => serverAddress({ servers } as Lab, KEY, arena.patience());
  const caller = async (): Promise<Caller> => ({ server: await address(), key, signal: arena.patience() });
  const machineUid = async () =>
    (await arena.kube.list(VirtualMachineInstance, { namespace: LAB.namespace })).items[0]?.metadata.uid;

  test('an older chart installs definitions, the operator and a server in one go', async () => {
    const older = await olderChart();
    const printed = await helmInstall(by(), { values: withIdle(), chart: older.path }).finally(() => older.remove());
    assert.match(printed, /kubectl wait anwdl\/lab/);
    assert.deepEqual(await columns(), []);
    const log = createLog('test', 'silent');
    servers = watched(arena.kube, AnweddolServer, {}, { clock, log, signal: stop.signal });
    container = await create(await caller());
    machine = await machineUid();
    assert.ok(machine);
  });

  test('the first upgrade after that changes the server, or is refused', async () => {
    const changed = values({ containers: { maxRunning: 4 } });
    if (isHelm3)
      return assert.rejects(helmInstall(by(), { values: changed }), /servers: this upgrade takes labs\/lab into/);
    await helmInstall(by(), { values: changed });
    assert.equal((await arena.kube.get(AnweddolServer, LAB))?.spec.containers.maxRunning, 4);
  });

  test('helm test asks the server over its protocol', async () => {
    await isObserved();
    assert.ok((await ask(await caller(), 'STAT')).success);
    assert.match(await helm(by(), ['test', 'anweddol-operator', '-n', NAMESPACE, '--logs']), /Phase:\s+Succeeded/);
    const wrong = { ...values(), helmTest: { ...values().helmTest, address: `${host}:6151` } };
    await helmInstall(by(), { values: wrong });
    await assert.rejects(helm(by(), ['test', 'anweddol-operator', '-n', NAMESPACE, '--logs']));
  });

  // At the install before, both helms have not waited for it.
  test(`--wait ${isHelm3 ? 'does not wait' : 'waits'} for listed servers to be ready`, async () => {
    const args = ['upgrade', 'anweddol-operator', CHART, '--namespace', NAMESPACE, '--values', '-', '--wait'];
    const upgrade = helm(by(), [...args, '--timeout', SHORT_WAIT], JSON.stringify(withIdle()));
    if (isHelm3) await upgrade;
    else await assert.rejects(upgrade, /AnweddolServer\/labs\/idle not ready/);
    await arena.kube.delete(AnweddolServer, IDLE);
    const deployments = watched(
      arena.kube,
      Deployment,
      { namespace: LAB.namespace },
      { clock, log: createLog('test', 'silent'), signal: stop.signal },
    );
    await deployments.waitFor((all) => (all.hasSynced && !all.get('labs/idle-server')) || undefined, arena.patience());
  });

  test('an upgrade brings new definitions and a changed server, and takes nothing from whoever is in a container', async () => {
    const before = await arena.kube.get(AnweddolServer, LAB);
    await helmInstall(by(), {
      values: { ...values({ containers: { maxRunning: 2 } }), config: { logLevel: 'debug' } },
    });
    assert.ok((await columns()).includes('Phase'));
    const server = await arena.kube.get(AnweddolServer, LAB);
    assert.equal(server?.metadata.uid, before?.metadata.uid);
    assert.equal(server?.spec.containers.maxRunning, 2);
    assert.match(await helm(by(), ['get', 'manifest', 'anweddol-operator', '-n', NAMESPACE]), /kind: AnweddolServer/);
    assert.equal(
      (await runInContainer(host, container, 'id -un', arena.patience())).trim(),
      container.container_username,
    );
    assert.equal(await machineUid(), machine);
  });

  test('a release is small enough for its Secret', async () => {
    const { items } = await arena.kube.list(Secret, { namespace: NAMESPACE, labelSelector: 'owner=helm' });
    assert.ok(items.length >= 2);
    for (const { data } of items) assert.ok((data?.release?.length ?? 0) < MAX_RELEASE_BYTES / 2);
  });

  test('uninstalling leaves definitions, servers and containers', async () => {
    await helmUninstall(by());
    assert.deepEqual(
      (await arena.kube.list(Deployment, {})).items.map(({ metadata }) => metadata.name),
      ['lab-server'],
    );
    assert.equal((await arena.kube.get(CustomResourceDefinition, DEFINITION))?.metadata.deletionTimestamp, undefined);
    assert.ok((await ask(await caller(), 'STAT')).success);
    assert.equal(await machineUid(), machine);
  });

  test('installing it again picks them up', async () => {
    const uid = (await arena.kube.get(AnweddolServer, LAB))?.metadata.uid;
    const changed = values({ containers: { maxRunning: 1 } });
    await helmInstall(by(), { values: changed, takeOwnership: isHelm3 });
    await isObserved();
    const server = await arena.kube.get(AnweddolServer, LAB);
    assert.deepEqual([server?.metadata.uid, server?.spec.containers.maxRunning], [uid, 1]);
    assert.equal(await machineUid(), machine);
    await destroy(await caller(), container);
    await untilNothingIsLeft({ kube: arena.kube, namespace: LAB.namespace } as Lab, arena.patience());
  });

  test('no pod of a hook is left that has ended well', async () => {
    const { items } = await arena.kube.list(Pod, { namespace: NAMESPACE });
    assert.deepEqual(
      items.filter(({ metadata }) => metadata.name.endsWith('-await-crds')),
      [],
    );
  });

  /** The operator has seen the spec as it is now. */
  async function isObserved(): Promise<void> {
    const generation = (await arena.kube.get(AnweddolServer, LAB))?.metadata.generation ?? 0;
    const seen = (all: Lab['servers']) => (all.get(KEY)?.status?.observedGeneration ?? 0) >= generation || undefined;
    await servers.waitFor(seen, arena.patience());
  }

  async function columns(): Promise<string[]> {
    const definition = await arena.kube.get(CustomResourceDefinition, DEFINITION);
    return definition?.spec.versions[0]?.additionalPrinterColumns?.map(({ name }) => name) ?? [];
  }
}

/** The chart as a release before might have been: its definition has no columns. */
async function olderChart(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await runFolder(`chart-older-${Date.now()}`);
  const path = join(folder.path, 'anweddol-operator');
  await cp(CHART, path, { recursive: true });
  const file = join(path, 'templates/crds/anweddol.io_anweddolservers.yaml');
  const text = await readFile(file, 'utf8');
  const without = text.replace(/^ {6}additionalPrinterColumns:\n(?: {8}.*\n)+/m, '');
  assert.notEqual(without, text);
  await writeFile(file, without);
  await rm(join(path, 'README.md'));
  return { path, remove: folder.remove };
}
