import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANNOTATION_EXPIRES_AT } from '../../src/api/names.ts';
import { AnweddolServer } from '../../src/api/resources.ts';
import { ClientInterface } from '../../src/client/client-interface.ts';
import type { Resource } from '../../src/kube/objects.ts';
import {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Pod,
  type Pod as PodObject,
  Service,
  VirtualMachineInstance,
} from '../../src/kube/resources.ts';
import { untilNothingIsLeft } from '../../src/main/demo/lab.ts';
import { ask, type Caller, create, destroy, runInContainer } from '../../src/main/demo/walkthrough.ts';
import { dialUntilBanner } from '../../src/virtualization/ssh/dial.ts';
import { login } from '../../src/virtualization/ssh/session.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { applyServer, gone, processOf, readyServer, startTestLab, type TestLab } from '../support/lab.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';

const SMALL = { memory: '256Mi' };
/** A lab each, on a loopback address of its own. */
const HOSTS = ['127.0.0.21', '127.0.0.22'];

for (const [index, plane] of PLANES.entries()) {
  suite(`containers on the ${plane.name}`, plane.skip, () => containersOn(plane, HOSTS[index] ?? ''));
}

function containersOn(plane: Plane, HOST: string): void {
  let testLab: TestLab;
  let key: RSAWrapper;
  let lab: Caller;

  before(async () => {
    [testLab, key] = await Promise.all([startTestLab(HOST, plane), RSAWrapper.generate()]);
    const signal = new AbortController().signal;
    lab = {
      key,
      signal,
      server: await readyServer(testLab, 'lab', { replicas: 2, containers: { ...SMALL, maxRunning: 2 } }),
    };
  });
  after(() => testLab.close());

  const keyIn = (vmi: VirtualMachineInstance | undefined) => `${testLab.namespace}/${vmi?.metadata.name}`;
  const machines = () => testLab.lab.machines;
  const machineOf = (uuid: string) =>
    machines()
      .list()
      .find((vmi) => vmi.spec.domain.firmware?.uuid === uuid);

  test('a container is created, used, kept from strangers, and destroyed with its own token', async () => {
    const container = await create(lab);
    const said = await runInContainer(HOST, container, 'id -un', testLab.patience());
    assert.equal(said.trim(), container.container_username);

    const stranger = { container_uuid: container.container_uuid, client_token: 'x'.repeat(255) };
    assert.equal((await ask(lab, 'DESTROY', stranger)).message, 'Bad authentication');
    assert.equal(
      (await runInContainer(HOST, container, 'id -un', testLab.patience())).trim(),
      container.container_username,
    );

    const told = await everythingButSecrets(testLab);
    assert.ok(told.includes(container.container_uuid) && told.includes('container delivered'));
    for (const secret of [container.container_password, container.client_token]) assert.ok(!told.includes(secret));

    const vmi = machineOf(container.container_uuid);
    await destroy(lab, container);
    await gone(machines(), keyIn(vmi), vmi?.metadata.uid, testLab.patience());
    await untilNothingIsLeft(testLab.lab, testLab.patience());
  });

  test('no container is given beyond maxRunning, and one that powers itself off makes room', async () => {
    const [first, second] = await Promise.all([create(lab), create(lab)]);
    assert.equal((await ask(lab, 'STAT')).data.available, 0);
    assert.equal((await ask(lab, 'CREATE')).message, 'Unavailable');

    const vmi = machineOf(first.container_uuid);
    await runInContainer(HOST, first, 'sudo poweroff', testLab.patience()).catch(() => undefined);
    await gone(machines(), keyIn(vmi), vmi?.metadata.uid, testLab.patience());
    // Each server pod learns of it by a watch of its own.
    const available = async () => (await ask({ ...lab, signal: testLab.patience() }, 'STAT')).data.available;
    while ((await available()) !== 1) await sleep(50);
    await destroy(lab, second);
  });

  test('a client that vanishes before it takes the reply leaves no machine', async () => {
    const client = new ClientInterface({ serverIp: HOST, serverListenPort: lab.server.port, rsaWrapper: key });
    await client.connectServer();
    await client.sendRequest('CREATE');
    const claimed = await machines().waitFor(
      (store) => store.list().find((vmi) => !vmi.metadata.deletionTimestamp),
      testLab.patience(),
    );
    const socket = client.getSocketDescriptor();
    assert.ok(socket);
    // The server's length header arrives, and gets no answer.
    if (socket.readableLength === 0) await once(socket, 'readable', { signal: testLab.patience() });
    socket.destroy();
    await gone(machines(), keyIn(claimed), claimed.metadata.uid, testLab.patience());
    await untilNothingIsLeft(testLab.lab, testLab.patience());
  });

  test('a server pod that is told to stop first gives the container that it is making', async () => {
    const creating = create(lab);
    await machines().waitFor(
      (store) => store.list().find((vmi) => !vmi.metadata.deletionTimestamp),
      testLab.patience(),
    );
    const pods = await testLab.lab.kube.list(Pod, {
      namespace: testLab.namespace,
      labelSelector: 'app.kubernetes.io/name=anweddol-server',
    });
    assert.equal(pods.items.length, 2);
    for (const pod of pods.items) await testLab.lab.kube.delete(Pod, pod.metadata);
    const container = await creating;
    assert.equal(
      (await runInContainer(HOST, container, 'id -un', testLab.patience())).trim(),
      container.container_username,
    );
    await answering(lab, testLab.patience());
    await destroy(lab, container);
    await untilNothingIsLeft(testLab.lab, testLab.patience());
  });

  test('neither the death of the server pod nor that of the operator touches a session, and the token still counts', async () => {
    const container = await create(lab);
    const { container_username: username, container_password: password } = container;
    const socket = await dialUntilBanner(HOST, container.container_listen_port, testLab.patience());
    await using session = await login(socket, { username, password }, testLab.patience());
    await session.run('echo begun > note', testLab.patience());

    for (const namespace of new Set([testLab.namespace, testLab.operatorNamespace])) {
      const pods = await testLab.lab.kube.list(Pod, { namespace });
      const running = pods.items.filter((pod) => pod.status?.phase === 'Running' && !isLauncher(pod));
      assert.ok(running.length > 0, `no pod in ${namespace}`);
      for (const pod of running) process.kill(processOf(pod), 'SIGKILL');
    }
    assert.equal((await session.run('cat note', testLab.patience())).stdout, 'begun\n');

    const vmi = machineOf(container.container_uuid);
    await answering(lab, testLab.patience());
    await destroy(lab, container);
    await gone(machines(), keyIn(vmi), vmi?.metadata.uid, testLab.patience());
  });

  test('a container past its lifetime is gone within five seconds', async () => {
    const containers = { ...SMALL, maxRunning: 1, startTimeoutSeconds: 20, maxLifetimeSeconds: 20 };
    const server = await readyServer(testLab, 'brief', {
      listenPort: 6151,
      service: { firstSshPort: 11_000 },
      containers,
    });
    const container = await create({ ...lab, server });
    const vmi = machineOf(container.container_uuid);
    await gone(machines(), keyIn(vmi), vmi?.metadata.uid, testLab.patience());
    const late = Date.now() - Date.parse(vmi?.metadata.annotations?.[ANNOTATION_EXPIRES_AT] ?? '');
    assert.ok(late >= 0 && late <= 5000, `gone ${late} ms after its end of life`);
  });

  test('a server whose ISO cannot be had says so, and no machine is ever started', async () => {
    const image = `nowhere/iso@sha256:${'0'.repeat(64)}`;
    const name = await applyServer(testLab, 'unknown', {
      listenPort: 6152,
      service: { firstSshPort: 12_000 },
      iso: { image },
    });
    const condition = await testLab.lab.servers.waitFor(
      (store) =>
        store.get(name)?.status?.conditions?.find(({ type, status }) => type === 'IsoReady' && status === 'False'),
      testLab.patience(),
    );
    assert.equal(condition.reason, 'IsoUnavailable');
    assert.match(condition.message, /nowhere\/iso@sha256/);
    assert.equal(testLab.lab.servers.get(name)?.status?.phase, 'Blocked');
    assert.equal(machines().list().length, 0);
  });

  test('a resource that breaks a rule is refused with the field and the reason', async () => {
    await assert.rejects(
      applyServer(testLab, 'wrong', { containers: { maxRunning: 0 } }),
      /spec\.containers\.maxRunning.*greater than or equal to 1/,
    );
    await assert.rejects(
      applyServer(testLab, 'wrong', { iso: {} }),
      /exactly one of image, persistentVolumeClaim and http must be set/,
    );
    await assert.rejects(
      applyServer(testLab, 'wrong', { listenPort: 10_001 }),
      /listenPort lies in the range of the SSH ports/,
    );
  });
}

/** What anybody with a view of the cluster, but not of its Secrets, could read: objects, and the logs of pods. */
async function everythingButSecrets({ lab, namespace }: TestLab): Promise<string> {
  const { kube, cluster } = lab;
  const resources: Resource[] = [
    AnweddolServer,
    ConfigMap,
    Deployment,
    EndpointSlice,
    Pod,
    Service,
    VirtualMachineInstance,
  ];
  const pages = await Promise.all(resources.map((resource) => kube.list(resource, { namespace })));
  const objects = pages.flatMap((page) => page.items);
  const logs = objects.map((object) => cluster.node.logs({ uid: object.metadata.uid ?? '' })?.tail() ?? '');
  return JSON.stringify(objects) + logs.join('\n');
}

function isLauncher(pod: PodObject): boolean {
  return pod.metadata.labels?.['kubevirt.io'] === 'virt-launcher';
}

/** The server pod is started again by its node; until then the load balancer has nowhere to send a client. */
async function answering(caller: Caller, patience: AbortSignal): Promise<void> {
  while (true) {
    patience.throwIfAborted();
    const answered = await ask(caller, 'STAT').then(
      (response) => response.success,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
}
