import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, startCluster } from '../../src/embedded/cluster.ts';
import type { ControlPlane } from '../../src/embedded/control-plane.ts';
import { hostAddress } from '../../src/embedded/node/host-address.ts';
import { keyOf } from '../../src/kube/objects.ts';
import { Namespace, PersistentVolumeClaim, Pod, VirtualMachineInstance } from '../../src/kube/resources.ts';
import type { Store } from '../../src/kube/store.ts';
import { watched } from '../../src/kube/watched.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { dialUntilBanner } from '../../src/virtualization/ssh/dial.ts';
import { login } from '../../src/virtualization/ssh/session.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';
import { machine } from '../unit/embedded/node/machine-fixture.ts';

/** Software emulation on a busy machine takes its time. */
const PATIENCE_MS = 60_000;
const SHIFT = process.getuid?.() !== 0;

const USER = { username: 'tester', password: 'a'.repeat(40) };

for (const plane of PLANES) {
  suite(`machines on the ${plane.name}`, plane.skip, () => machinesOn(plane));
}

function machinesOn(plane: Plane): void {
  const namespace = plane.shared ? `machines-${process.pid}` : 'default';
  const nodeName = `node-of-${namespace}`;
  /** Machines in which the user is made. */
  const settledIn = new Set<string | undefined>();
  const stop = new AbortController();
  let folder: string;
  let controlPlane: ControlPlane;
  let cluster: Cluster;
  let machines: Store<VirtualMachineInstance>;
  let pods: Store<Pod>;

  before(async () => {
    const path = process.env.CONTAINER_ISO;
    if (!path) throw new Error('CONTAINER_ISO is not set: run the tests by npm test');
    folder = await mkdtemp(join(tmpdir(), 'node-vm-'));
    const log = createLog('test', process.env.LOG_LEVEL ?? 'silent');
    const options = { clock, log, signal: stop.signal };
    controlPlane = await plane.start();
    cluster = await startCluster({
      ...options,
      controlPlane,
      ...(plane.shared && { namespace }),
      nodeName,
      images: { images: new Map([['iso:1', { kind: 'disk', path }]]), claims: new Map([[`${namespace}/iso`, path]]) },
      dataDir: folder,
      loadBalancerHost: '127.0.0.31',
    });
    const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await cluster.client.apply(Namespace, made, { fieldManager: 'test' });
    machines = watched(cluster.client, VirtualMachineInstance, { namespace }, options);
    pods = watched(cluster.client, Pod, { namespace }, options);
  });

  after(async () => {
    if (plane.shared) await cluster?.client.delete(Namespace, { name: namespace });
    stop.abort();
    await cluster?.close();
    await controlPlane?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  test('a machine boots its ISO, is ready when its SSH server speaks, and has the UUID and hardware it asked for', async () => {
    const vmi = await start('one');
    const ready = await readyMachine(vmi);
    const phases = ready.status?.phaseTransitionTimestamps?.map(({ phase }) => phase);
    assert.deepEqual(phases, ['Pending', 'Scheduling', 'Scheduled', 'Running']);
    assert.equal(ready.status?.nodeName, nodeName);
    const said = await inGuest(ready, 'sudo cat /sys/class/dmi/id/product_uuid; nproc; grep MemTotal /proc/meminfo');
    const [uuid, processors, memory = ''] = said.split('\n');
    assert.equal(uuid?.toLowerCase(), vmi.spec.domain.firmware?.uuid);
    assert.equal(processors, '2');
    const megabytes = Number(/\d+/.exec(memory)?.[0]) / 1024;
    assert.ok(megabytes > 180 && megabytes <= 256, `${megabytes} MiB`);
  });

  test('a guest reaches neither this host nor anything beyond', async () => {
    const ready = await readyMachine(get('one'));
    const { port } = new URL(controlPlane.url);
    // Its own SSH server shows that the way of asking works.
    const attempts = ['127.0.0.1 22', `10.0.2.1 ${port}`, '10.0.2.1 22', '1.1.1.1 53'].map(
      (to) => `timeout 3 nc ${to} < /dev/null > /dev/null 2>&1 && echo reached ${to}`,
    );
    assert.equal(await inGuest(ready, `${attempts.join('; ')}; true`), 'reached 127.0.0.1 22');
  });

  test('a deleted machine ends at once, and takes its pod with it', async () => {
    const vmi = get('one');
    const from = Date.now();
    await cluster.client.delete(VirtualMachineInstance, vmi.metadata);
    await gone(vmi);
    assert.ok(Date.now() - from < 5_000);
    assert.equal(podOf(vmi), undefined);
  });

  test('a guest that powers itself off leaves a machine that has succeeded, until it is deleted', async () => {
    await claimIso();
    const vmi = await start('two', { persistentVolumeClaim: { claimName: 'iso', readOnly: true } });
    await inGuest(await readyMachine(vmi), 'sudo poweroff').catch(() => undefined);
    await inPhase(vmi, 'Succeeded');
    await pods.waitFor(() => podOf(vmi)?.status?.phase === 'Succeeded' || undefined, patience());
    await cluster.client.delete(VirtualMachineInstance, vmi.metadata);
    await gone(vmi);
  });

  test('a machine whose pod is deleted under it has failed, and so has one whose QEMU is killed', async () => {
    const [orphaned, killed] = await Promise.all([start('three'), start('four')]);
    await Promise.all([inPhase(orphaned, 'Running'), inPhase(killed, 'Running')]);
    const pod = podOf(orphaned);
    assert.ok(pod);
    await cluster.client.delete(Pod, pod.metadata);
    await inPhase(orphaned, 'Failed');
    const id = podOf(killed)?.status?.containerStatuses?.find(({ name }) => name === 'compute')?.containerID ?? '';
    process.kill(Number(id.replace('process://', '')), 'SIGKILL');
    await inPhase(killed, 'Failed');
    for (const vmi of [orphaned, killed]) {
      await cluster.client.delete(VirtualMachineInstance, vmi.metadata);
      await gone(vmi);
    }
  });

  type Volume = Omit<NonNullable<VirtualMachineInstance['spec']['volumes']>[number], 'name'>;

  async function start(name: string, source: Volume = { containerDisk: { image: 'iso:1' } }) {
    const vmi = machine(name);
    delete vmi.metadata.uid;
    vmi.metadata.namespace = namespace;
    vmi.spec.domain.firmware = { uuid: randomUUID() };
    vmi.spec.volumes = [{ name: 'iso', ...source }];
    return cluster.client.create(VirtualMachineInstance, vmi);
  }

  /** The claim is bound as by a volume that has always been there. */
  async function claimIso(): Promise<void> {
    const metadata = { name: 'iso', namespace };
    const spec = { accessModes: ['ReadOnlyMany'], resources: { requests: { storage: '1Gi' } } };
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec };
    await cluster.client.create(PersistentVolumeClaim, claim);
    const status = { phase: 'Bound', accessModes: spec.accessModes, capacity: spec.resources.requests };
    await cluster.client.mergePatch(PersistentVolumeClaim, metadata, { status }, { subresource: 'status' });
  }

  function get(name: string): VirtualMachineInstance {
    const vmi = machines.get(keyOf({ namespace, name }));
    assert.ok(vmi);
    return vmi;
  }

  function patience(): AbortSignal {
    return AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]);
  }

  function readyMachine({ metadata }: VirtualMachineInstance): Promise<VirtualMachineInstance> {
    return machines.waitFor((all) => {
      const vmi = all.get(keyOf(metadata));
      return vmi?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
        ? vmi
        : undefined;
    }, patience());
  }

  function inPhase({ metadata }: VirtualMachineInstance, phase: string): Promise<true> {
    return machines.waitFor((all) => all.get(keyOf(metadata))?.status?.phase === phase || undefined, patience());
  }

  function gone({ metadata }: VirtualMachineInstance): Promise<true> {
    return machines.waitFor((all) => !all.get(keyOf(metadata)) || undefined, patience());
  }

  function podOf({ metadata }: VirtualMachineInstance): Pod | undefined {
    return pods.list().find((pod) => pod.metadata.labels?.['kubevirt.io/created-by'] === metadata.uid);
  }

  /** Runs a command as a user who may do everything, whom the ISO's setup script makes at the first call. */
  async function inGuest(vmi: VirtualMachineInstance, command: string): Promise<string> {
    if (!settledIn.has(vmi.metadata.uid)) {
      const endpoint = { username: 'endpoint', password: 'endpoint' };
      const said = await run(
        vmi,
        endpoint,
        `sudo /bin/anweddol_container_setup.sh ${USER.username} ${USER.password} 22`,
      );
      assert.equal(said, '');
      settledIn.add(vmi.metadata.uid);
    }
    return run(vmi, USER, command);
  }

  async function run(vmi: VirtualMachineInstance, user: typeof USER, command: string): Promise<string> {
    const { host, port } = hostAddress(vmi.status?.interfaces?.[0]?.ipAddress ?? '', 22, { shift: SHIFT });
    const signal = patience();
    const session = await login(await dialUntilBanner(host, port, signal), user, signal);
    const { stdout, stderr } = await session.run(command, signal);
    session.close();
    return (stdout + stderr).trim();
  }
}
