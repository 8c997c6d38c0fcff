import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Condition } from '../../src/api/common-fields.ts';
import { LABEL_COMPONENT, LABEL_SERVER, LABEL_STATE } from '../../src/api/names.ts';
import { AnweddolServer } from '../../src/api/resources.ts';
import { keyOf } from '../../src/kube/objects.ts';
import { Deployment, Node, Pod, type VirtualMachineInstance } from '../../src/kube/resources.ts';
import type { Store } from '../../src/kube/store.ts';
import { watched } from '../../src/kube/watched.ts';
import { untilNothingIsLeft } from '../../src/main/demo/lab.ts';
import { type Caller, create, destroy, runInContainer } from '../../src/main/demo/walkthrough.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { dialUntilBanner } from '../../src/virtualization/ssh/dial.ts';
import { login } from '../../src/virtualization/ssh/session.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { gone, readyServer, startTestLab, type TestLab } from '../support/lab.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { RecordedLog } from '../support/recorded-log.ts';
import { suite } from '../support/suite.ts';

const SMALL = { memory: '256Mi' };
const NEXT_IMAGE = 'anweddol-operator:next';
/** A lab each, on a loopback address of its own. */
const HOSTS = ['127.0.0.25', '127.0.0.26'];

for (const [index, plane] of PLANES.entries()) {
  suite(`warm containers on the ${plane.name}`, plane.skip, () => warmContainersOn(plane, HOSTS[index] ?? ''));
}

function warmContainersOn(plane: Plane, HOST: string): void {
  let testLab: TestLab;
  let lab: Caller;
  let server: string;

  before(async () => {
    const [started, key] = await Promise.all([
      startTestLab(HOST, plane, { nextImage: NEXT_IMAGE }),
      RSAWrapper.generate(),
    ]);
    testLab = started;
    const containers = { ...SMALL, maxRunning: 2, warm: 1 };
    lab = {
      key,
      signal: new AbortController().signal,
      server: await readyServer(testLab, 'lab', { replicas: 2, containers }),
    };
    server = keyOf({ namespace: testLab.namespace, name: 'lab' });
  });
  after(() => testLab.close());

  const machinesIn = (store: Store<VirtualMachineInstance>, state: string) =>
    store.list().filter((vmi) => vmi.metadata.labels?.[LABEL_STATE] === state && !vmi.metadata.deletionTimestamp);
  const warm = () => testLab.lab.machines.waitFor((store) => machinesIn(store, 'warm').at(0), testLab.patience());
  const pool = (isWanted: (condition: Condition) => boolean) =>
    testLab.lab.servers.waitFor(
      (store) => store.get(server)?.status?.conditions?.find((it) => it.type === 'PoolReady' && isWanted(it)),
      testLab.patience(),
    );

  test('a client is given the machine that was booted before it asked, and another is booted in its place', async () => {
    const booted = await warm();
    await pool(({ status }) => status === 'True');
    const container = await create(lab);
    assert.equal(container.container_uuid, booted.spec.domain.firmware?.uuid);
    const said = await runInContainer(HOST, container, 'id -un', testLab.patience());
    assert.equal(said.trim(), container.container_username);
    const next = await warm();
    assert.notEqual(next.metadata.uid, booted.metadata.uid);
    await destroy(lab, container);
    await gone(testLab.lab.machines, keyOf(booted.metadata), booted.metadata.uid, testLab.patience());
  });

  test('when the node is drained its containers end, the pool waits for a node, and all comes back with it', async () => {
    const { kube } = testLab.lab;
    await warm();
    const container = await create(lab);
    const [given] = machinesIn(testLab.lab.machines, 'ready');
    assert.equal(given?.spec.domain.firmware?.uuid, container.container_uuid);
    const name = given?.status?.nodeName ?? '';
    await kube.mergePatch(Node, { name }, { spec: { unschedulable: true } });
    const pods = await kube.list(Pod, { namespace: testLab.namespace });
    const drained = pods.items.filter(({ metadata }) => metadata.labels?.[LABEL_SERVER] === 'lab');
    assert.ok(drained.some(({ metadata }) => metadata.labels?.[LABEL_COMPONENT] === 'container'));
    for (const { metadata } of drained) await kube.delete(Pod, metadata, { uid: metadata.uid ?? '' });
    await gone(testLab.lab.machines, keyOf(given?.metadata ?? { name: '' }), given?.metadata.uid, testLab.patience());
    const held = await pool(({ status, reason }) => status === 'False' && reason === 'PoolUnschedulable');
    assert.match(held.message, /unschedulable/);

    await kube.mergePatch(Node, { name }, { spec: { unschedulable: null } });
    await pool(({ status }) => status === 'True');
    await ready();
    const again = await create(lab);
    await destroy(lab, again);
  });

  test('an upgrade of the operator replaces its pods and those of servers, and touches neither session nor token', async () => {
    const { kube, machines } = testLab.lab;
    await warm();
    const container = await create(lab);
    const [given] = machinesIn(machines, 'ready');
    const { container_username: username, container_password: password } = container;
    const socket = await dialUntilBanner(HOST, container.container_listen_port, testLab.patience());
    await using session = await login(socket, { username, password }, testLab.patience());
    await session.run('echo begun > note', testLab.patience());

    const operator = { namespace: testLab.operatorNamespace, name: 'anweddol-operator' };
    const deployed = await kube.get(Deployment, operator);
    const containers = (deployed?.spec?.template.spec?.containers ?? []).map(({ args = [], ...rest }) => ({
      ...rest,
      image: NEXT_IMAGE,
      args: args.map((arg) => (arg.startsWith('--server-image=') ? `--server-image=${NEXT_IMAGE}` : arg)),
    }));
    await kube.mergePatch(Deployment, operator, { spec: { template: { spec: { containers } } } });
    await rolled('lab-server', testLab.namespace);
    await rolled(operator.name, operator.namespace);

    assert.equal((await session.run('cat note', testLab.patience())).stdout, 'begun\n');
    assert.equal(machines.get(keyOf(given?.metadata ?? { name: '' }))?.metadata.uid, given?.metadata.uid);
    await destroy({ ...lab, signal: testLab.patience() }, container);
  });

  test('a server that is deleted takes its warm containers and everything else with it', async () => {
    await warm();
    const deleted = Date.now();
    const [namespace, name] = [testLab.namespace, 'lab'];
    await testLab.lab.kube.delete(AnweddolServer, { namespace, name });
    await untilNothingIsLeft(testLab.lab, testLab.patience());
    await testLab.lab.servers.waitFor((store) => (store.get(server) ? undefined : true), testLab.patience());
    const machinesGone = (store: Store<VirtualMachineInstance>) => store.list().length === 0 || undefined;
    await testLab.lab.machines.waitFor(machinesGone, testLab.patience());
    assert.ok(Date.now() - deleted < 30_000);
    const stop = new AbortController();
    const pods = watched(
      testLab.lab.kube,
      Pod,
      { namespace, labelSelector: `${LABEL_SERVER}=lab` },
      {
        clock,
        log: new RecordedLog(),
        signal: stop.signal,
      },
    );
    await pods.waitFor((store) => (store.hasSynced && store.list().length === 0) || undefined, testLab.patience());
    stop.abort();
  });

  /** All pods of a Deployment run the next image, and no other pod of it is there. */
  async function rolled(name: string, namespace: string): Promise<void> {
    const ended = new AbortController();
    const watching = { clock, log: new RecordedLog(), signal: ended.signal };
    const deployments = watched(testLab.lab.kube, Deployment, { namespace }, watching);
    const isRolled = (store: Store<Deployment>) => {
      const { metadata, spec, status } = store.get(keyOf({ namespace, name })) ?? {};
      const isNext = spec?.template.spec?.containers[0]?.image === NEXT_IMAGE;
      const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas];
      const isSettled = status?.observedGeneration === metadata?.generation;
      return (isNext && isSettled && counts.every((count) => count === spec?.replicas)) || undefined;
    };
    await deployments.waitFor(isRolled, testLab.patience());
    ended.abort();
  }

  /** Clients can connect again. */
  function ready() {
    const isReady = (store: Store<AnweddolServer>) =>
      store.get(server)?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ||
      undefined;
    return testLab.lab.servers.waitFor(isReady, testLab.patience());
  }
}
