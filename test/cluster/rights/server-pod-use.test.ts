/** What a server pod asks of the API server in a container's life, beside what it may ask. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { LABEL_SERVER } from '../../../src/api/names.ts';
import type { ServerSettings } from '../../../src/api/server-settings.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { eventSink } from '../../../src/kube/event-sink.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { EndpointSlice, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { watched } from '../../../src/kube/watched.ts';
import { failureEvents } from '../../../src/main/server/failure-events.ts';
import { role } from '../../../src/operator/desired/server-pod-rights.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import type { ContainerRecord } from '../../../src/virtualization/container-backend.ts';
import { VirtualizationError } from '../../../src/virtualization/errors.ts';
import { KubeVirtBackend } from '../../../src/virtualization/kubevirt/kubevirt-backend.ts';
import type { SeenCall } from '../../support/misbehaving-proxy/fault.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { sampleSettings } from '../../support/sample-machine.ts';
import { suite } from '../../support/suite.ts';
import { NO_CONTROL_PLANE, soon } from '../operator/fixture.ts';
import { type ServerPodGround, serverPodGround } from './server-pod-ground.ts';

const WRITES: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Such as `create kubevirt.io/virtualmachineinstances`. */
function rightOf({ method, path, verb }: SeenCall): string {
  const [, group = '', plural = ''] = /^\/apis?\/(?:([^/]+)\/)?v[^/]*\/namespaces\/[^/]+\/([^/]+)/.exec(path) ?? [];
  return `${verb === 'write' ? WRITES[method] : verb} ${group}/${plural}`;
}

function rightsGranted({ server }: ServerPodGround): string[] {
  // No API has the verb that marks server pods.
  const rules = (role(server).rules ?? []).filter(({ verbs }) => !verbs.includes('serve'));
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
}

/** What a server pod has, through the proxy and with the rights of one. */
async function pod({ own, server, token }: ServerPodGround, proxy: MisbehavingProxy, signal: AbortSignal) {
  const kubeconfig = kubeconfigText({ name: 'pod', url: proxy.url, token, caCertificate: '' });
  const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock });
  const kube = createKubeClient(transport);
  const log = new RecordedLog();
  const ours = { namespace: own, labelSelector: `${LABEL_SERVER}=lab` };
  const machines = watched(kube, VirtualMachineInstance, ours, { clock, log, signal });
  const slices = watched(kube, EndpointSlice, ours, { clock, log, signal });
  await Promise.all([machines.synced(soon()), slices.synced(soon())]);
  await proxy.until(({ openWatches }) => openWatches === 2);
  const current: ServerSettings = sampleSettings({ containers: { maxRunning: 1 } });
  current.server = { name: 'lab', namespace: own, uid: server.metadata.uid ?? '' };
  const given = { kube, settings: { current }, machines, slices, clock, log, random: () => 0 };
  const sink = eventSink(kube, { controller: 'anweddol.io/server', instance: 'pod' });
  return {
    backend: new KubeVirtBackend({ ...given, endpointPassword: 'endpoint' }),
    tell: failureEvents({ sink, server: current.server, clock, log, signal }),
    close: () => transport.close(),
  };
}

/** What the operator does for a container that is ready. */
async function openWayIn(admin: KubeClient, namespace: string, { listenPort, instanceId }: ContainerRecord) {
  const name = `lab-${listenPort}`;
  const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name, uid: instanceId };
  await admin.create(EndpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { [LABEL_SERVER]: 'lab' }, ownerReferences: [owner] },
    addressType: 'IPv4',
    endpoints: [],
  });
}

suite('what a server pod asks', NO_CONTROL_PLANE, () => {
  test('in a container’s life it uses every right that it has, and no other', async () => {
    await using on = await serverPodGround();
    const proxy = await MisbehavingProxy.start(on);
    const stop = new AbortController();
    const { backend, tell, close } = await pod(on, proxy, stop.signal);
    try {
      const claim = { uuid: randomUUID(), clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
      // It looks whether the machine is there whose creation nobody answered.
      proxy.misbehave({
        on: ({ method, path }) => method === 'POST' && path.includes('virtualmachine'),
        cut: true,
        times: 1,
      });
      await assert.rejects(backend.claim(claim, soon()));
      const record = await backend.claim(claim, soon());
      await openWayIn(on.admin, on.own, record);
      const credentials = { username: 'user', password: 'p'.repeat(120), hostKeyFingerprint: 'SHA256:x' };
      await backend.handOver(record, credentials, soon());
      await backend.delivered(record, soon());
      assert.equal((await backend.find(record.uuid, soon()))?.instanceId, record.instanceId);
      await backend.destroy(record, soon());
      tell(new VirtualizationError('StartTimeout', 'the machine did not start'));
      await proxy.until(({ calls }) => calls.some(({ path, status }) => path.includes('/events') && status));
    } finally {
      stop.abort();
      await close();
      await proxy.close();
    }
    assert.deepEqual(
      proxy.calls.filter(({ status }) => status === 403).map(({ method, path }) => `${method} ${path}`),
      [],
    );
    const used = new Set(proxy.calls.map(rightOf));
    assert.deepEqual([...used].toSorted(), rightsGranted(on).toSorted());
  });
});
