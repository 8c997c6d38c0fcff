import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { CONTAINER, inNamespace, pod } from '../manifests.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const NAME = 'kubernetes.io/service-name';

const PORTS = [
  { name: 'web', port: 80, targetPort: 'http' },
  { name: 'number', port: 81, targetPort: 8081 },
  { name: 'elsewhere', port: 82, targetPort: 'nobody-has-this' },
];

/** A node with a zone, a Service, and pods of it on the node: ready ones have the status of a kubelet. */
async function setUp(
  world: World,
  pods: Record<string, { ip: string; ready: boolean }>,
  spec: object = {},
): Promise<void> {
  const { admin, namespace, unique, cleanUp } = world;
  const labels = { 'topology.kubernetes.io/zone': 'zone-1' };
  await admin.post('/api/v1/nodes', { metadata: { name: unique, labels } });
  cleanUp(() => admin.delete(`/api/v1/nodes/${unique}`));
  const service = {
    metadata: { name: 'one', labels: { team: 'a' } },
    spec: { selector: { app: 'one' }, ports: PORTS, ...spec },
  };
  await admin.post(inNamespace(namespace, 'services'), service);
  for (const [name, { ip, ready }] of Object.entries(pods)) await addPod(world, name, ip, ready);
}

async function addPod({ admin, namespace, unique, cleanUp }: World, name: string, ip: string, ready: boolean) {
  const path = inNamespace(namespace, 'pods');
  const containers = [{ ...CONTAINER, ports: [{ name: 'http', containerPort: 8080 }] }];
  await admin.post(path, pod(name, { nodeName: unique, containers }, { labels: { app: 'one' } }));
  cleanUp(() => admin.delete(`${path}/${name}`, { gracePeriodSeconds: 0 }));
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions };
  await admin.strategicPatch(`${path}/${name}/status`, { status });
}

async function slices({ admin, namespace }: World): Promise<Json[]> {
  const path = inNamespace(namespace, 'endpointslices', 'discovery.k8s.io');
  return (await admin.get(`${path}?labelSelector=${NAME}%3Done,${MANAGED_BY}%3Dendpointslice-controller.k8s.io`)).body
    .items;
}

/** Pods with other ports than before come with another slice, and the old one goes a little later. */
function onlySlice(world: World): Promise<Json> {
  return world.eventually(async () => {
    const [slice, ...others] = await slices(world);
    assert.ok(slice);
    assert.deepEqual(others, []);
    return slice;
  });
}

/** By address: what the conditions of the endpoints say. */
async function conditions(world: World): Promise<Record<string, string>> {
  const endpoints = (await slices(world)).flatMap((slice) => slice.endpoints ?? []);
  const word = ({ ready, serving, terminating }: Json) =>
    Object.entries({ ready, serving, terminating })
      .filter(([, is]) => is)
      .map(([name]) => name)
      .join(' ');
  return Object.fromEntries(endpoints.map((one) => [one.addresses[0], word(one.conditions)]).sort());
}

export const serviceEndpoints = chapter('endpoints of Services', {
  'pods that a Service selects are in its slice, with whether they are ready': async (world) => {
    await setUp(world, { ready: { ip: '10.5.0.1', ready: true }, waiting: { ip: '10.5.0.2', ready: false } });
    await world.eventually(async () =>
      assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving', '10.5.0.2': '' }),
    );
    const slice = await onlySlice(world);
    assert.equal(slice.addressType, 'IPv4');
    assert.equal(slice.metadata.generateName, 'one-');
    assert.equal(slice.metadata.labels.team, 'a');
    const [{ kind, name, controller }] = slice.metadata.ownerReferences;
    assert.deepEqual([kind, name, controller], ['Service', 'one', true]);
    const endpoint = slice.endpoints.find((one: Json) => one.addresses[0] === '10.5.0.1');
    assert.deepEqual([endpoint.nodeName, endpoint.zone], [world.unique, 'zone-1']);
    assert.deepEqual([endpoint.targetRef.kind, endpoint.targetRef.name], ['Pod', 'ready']);
  },
  'ports of a slice are the numbers in the pods; a name that no container has is left out': async (world) => {
    await setUp(world, { ready: { ip: '10.5.0.1', ready: true } });
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving' }));
    const slice = await onlySlice(world);
    const ports = slice.ports.map(({ name, port, protocol }: Json) => [name, port, protocol]).sort();
    assert.deepEqual(ports, [
      ['number', 8081, 'TCP'],
      ['web', 8080, 'TCP'],
    ]);
  },
  'a pod that becomes ready is told as ready': async (world) => {
    await setUp(world, { one: { ip: '10.5.0.1', ready: false } });
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': '' }));
    const status = { conditions: [{ type: 'Ready', status: 'True' }] };
    await world.admin.strategicPatch(`${inNamespace(world.namespace, 'pods')}/one/status`, { status });
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving' }));
  },
  'a pod that goes serves on, and is not ready': async (world) => {
    await setUp(world, { one: { ip: '10.5.0.1', ready: true } });
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving' }));
    const path = `${inNamespace(world.namespace, 'pods')}/one`;
    await world.admin.delete(path);
    await world.eventually(async () =>
      assert.deepEqual(await conditions(world), { '10.5.0.1': 'serving terminating' }),
    );
    await world.admin.delete(path, { gracePeriodSeconds: 0 });
    await world.eventually(async () => {
      assert.deepEqual(await conditions(world), {});
      const slice = await onlySlice(world);
      assert.deepEqual([slice.endpoints, slice.ports], [null, null]);
    });
  },
  'a Service can publish pods that are not ready': async (world) => {
    await setUp(world, { one: { ip: '10.5.0.1', ready: false } }, { publishNotReadyAddresses: true });
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready' }));
  },
  'a slice that somebody else manages is left alone': async (world) => {
    const { admin, namespace } = world;
    const path = inNamespace(namespace, 'endpointslices', 'discovery.k8s.io');
    await setUp(world, {});
    const labels = { [NAME]: 'one', [MANAGED_BY]: 'conformance.example' };
    const endpoints = [{ addresses: ['10.6.0.1'], conditions: { ready: true } }];
    const ports = [{ name: 'elsewhere', port: 22, protocol: 'TCP' }];
    const made = await admin.post(path, { metadata: { name: 'ours', labels }, addressType: 'IPv4', endpoints, ports });
    await addPod(world, 'one', '10.5.0.1', true);
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving' }));
    assert.deepEqual((await admin.get(`${path}/ours`)).body, made.body);
  },
  'a slice that is changed or deleted is put right': async (world) => {
    await setUp(world, { one: { ip: '10.5.0.1', ready: true } });
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving' }));
    const [{ metadata }] = (await slices(world)) as [Json];
    await world.admin.delete(`${inNamespace(world.namespace, 'endpointslices', 'discovery.k8s.io')}/${metadata.name}`);
    await world.eventually(async () => assert.deepEqual(await conditions(world), { '10.5.0.1': 'ready serving' }));
  },
  'the slices of a Service go with it': async (world) => {
    await setUp(world, {});
    await world.eventually(async () => assert.equal((await slices(world)).length, 1));
    await world.admin.delete(`${inNamespace(world.namespace, 'services')}/one`);
    await world.eventually(async () => assert.deepEqual(await slices(world), []));
  },
});
