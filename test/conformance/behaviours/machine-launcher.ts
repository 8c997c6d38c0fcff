import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { MachineNode, machines, nodeName } from '../machine-node.ts';
import { type Change, created, set } from './machine-manifest.ts';

const DIGEST = `registry.example/iso@sha256:${'0'.repeat(64)}`;

export const machineLauncher = chapter('making the launcher pod of a machine', {
  'names the pod after the machine, which controls it': async (world) => {
    const { vmi, pod } = await launched(world);
    assert.match(pod.metadata.name, /^virt-launcher-one-[a-z0-9]{5}$/);
    assert.equal(pod.metadata.generateName, 'virt-launcher-one-');
    assert.deepEqual(pod.metadata.ownerReferences, [
      {
        apiVersion: 'kubevirt.io/v1',
        kind: 'VirtualMachineInstance',
        name: 'one',
        uid: vmi.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ]);
  },

  "copies the machine's labels and annotations, and adds its own": async (world) => {
    const { vmi, pod } = await launched(world, ({ metadata }) => {
      metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] = '{}';
    });
    assert.deepEqual(pod.metadata.labels, {
      'anweddol.io/state': 'warm',
      'kubevirt.io': 'virt-launcher',
      'kubevirt.io/created-by': vmi.metadata.uid,
      'vm.kubevirt.io/name': 'one',
      'vmi.kubevirt.io/id': 'one',
    });
    const { annotations } = pod.metadata;
    assert.equal(annotations['anweddol.io/note'], 'kept');
    assert.equal(annotations['kubevirt.io/domain'], 'one');
    assert.equal(annotations['kubectl.kubernetes.io/default-container'], 'compute');
    assert.equal(annotations['kubectl.kubernetes.io/last-applied-configuration'], undefined);
    assert.equal(annotations['kubevirt.io/latest-observed-api-version'], undefined);
  },

  "copies the machine's labels once: a later change stays with the machine": async (world) => {
    const { node, vmi } = await launched(world);
    const change = { metadata: { labels: { 'anweddol.io/state': 'claimed' } } };
    await world.admin.mergePatch(`${machines(world)}/one`, change);
    const pod = await node.schedule(vmi);
    const { body } = await world.admin.get(`/api/v1/namespaces/${world.namespace}/pods/${pod.metadata.name}`);
    assert.equal(body.metadata.labels['anweddol.io/state'], 'warm');
  },

  'tells the pod which node its machine has': async (world) => {
    const { node, vmi } = await launched(world);
    await node.schedule(vmi);
    await world.eventually(async () => {
      const { metadata } = await node.launcher(vmi);
      assert.equal(metadata.labels['kubevirt.io/nodeName'], node.name);
    });
  },

  'has a container for the machine and one for each image, which is pulled first': async (world) => {
    const { pod } = await launched(world, ({ spec }) => {
      spec.volumes[0].containerDisk.image = DIGEST;
    });
    const name = (container: Json) => [container.name, container.image];
    const program = 'quay.io/kubevirt/virt-launcher:v1.7.0';
    assert.deepEqual(pod.spec.containers.map(name), [
      ['compute', program],
      ['volumeiso', DIGEST],
    ]);
    assert.deepEqual(pod.spec.initContainers.map(name), [
      ['container-disk-binary', program],
      ['volumeiso-init', DIGEST],
    ]);
  },

  'pulls an image by the policy and with the secret of its volume': async (world) => {
    const { pod } = await launched(world, ({ spec }) => {
      Object.assign(spec.volumes[0].containerDisk, { imagePullPolicy: 'Always', imagePullSecret: 'pull' });
    });
    assert.equal(pod.spec.containers[1].imagePullPolicy, 'Always');
    assert.deepEqual(pod.spec.imagePullSecrets, [{ name: 'pull' }]);
  },

  'asks for the memory of the guest and of what runs it, and for a tenth of its processors': async (world) => {
    const requests = async (change?: Change) => {
      const { memory, cpu } = (await launched(world, change)).pod.spec.containers[0].resources.requests;
      return [memory, cpu];
    };
    assert.deepEqual(await requests(), ['2292Mi', '200m']);
  },

  'asks for more where there is a screen': async (world) => {
    const { pod } = await launched(world, set('domain.devices.autoattachGraphicsDevice', true));
    assert.equal(pod.spec.containers[0].resources.requests.memory, '2324Mi');
  },

  'asks for what the machine asks for, and what runs it': async (world) => {
    const { pod } = await launched(world, set('domain.resources', { requests: { cpu: '300m', memory: '1Gi' } }));
    const { requests } = pod.spec.containers[0].resources;
    assert.deepEqual([requests.memory, requests.cpu], ['1270Mi', '300m']);
  },

  'limits what the machine limits, and is guaranteed that': async (world) => {
    const { pod } = await launched(world, set('domain.resources', { limits: { cpu: '2', memory: '4Gi' } }));
    const { requests, limits } = pod.spec.containers[0].resources;
    assert.deepEqual([requests.memory, requests.cpu], ['4440Mi', '2']);
    assert.deepEqual([limits.memory, limits.cpu], ['4440Mi', '2']);
    assert.equal(pod.status.qosClass, 'Guaranteed');
  },

  "has the ports of the machine's interfaces": async (world) => {
    const { pod } = await launched(world);
    assert.deepEqual(pod.spec.containers[0].ports, [{ name: 'ssh', containerPort: 22, protocol: 'TCP' }]);
  },

  'probes as the machine is to be probed, ten seconds later': async (world) => {
    const { pod } = await launched(world, set('livenessProbe', { httpGet: { port: 80 }, initialDelaySeconds: 4 }));
    const { readinessProbe, livenessProbe } = pod.spec.containers[0];
    const numbers = { timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
    const ready = { tcpSocket: { port: 22 }, initialDelaySeconds: 10, periodSeconds: 2, ...numbers };
    assert.deepEqual(readinessProbe, ready);
    const httpGet = { path: '/', port: 80, scheme: 'HTTP' };
    assert.deepEqual(livenessProbe, { httpGet, initialDelaySeconds: 14, periodSeconds: 10, ...numbers });
  },

  'has no probe where the machine has none': async (world) => {
    const { pod } = await launched(world, set('readinessProbe', undefined));
    assert.equal(pod.spec.containers[0].readinessProbe, undefined);
  },

  'has a readiness gate, which opens at once': async (world) => {
    const { node, vmi } = await launched(world);
    const conditionType = 'kubevirt.io/virtual-machine-unpaused';
    await world.eventually(async () => {
      const { spec, status } = await node.launcher(vmi);
      assert.deepEqual(spec.readinessGates, [{ conditionType }]);
      const gate = status.conditions?.find(({ type }: Json) => type === conditionType);
      assert.deepEqual([gate?.status, gate?.reason], ['True', 'NotPaused']);
    });
  },

  'may take half a minute longer than its machine to end': async (world) => {
    const { pod } = await launched(world);
    assert.equal(pod.spec.terminationGracePeriodSeconds, 30);
  },

  'may take a minute to end where the machine says nothing': async (world) => {
    const { pod } = await launched(world, set('terminationGracePeriodSeconds', undefined));
    assert.equal(pod.spec.terminationGracePeriodSeconds, 60);
  },

  'runs once, as user 107, without a token': async (world) => {
    const { spec } = (await launched(world)).pod;
    assert.equal(spec.restartPolicy, 'Never');
    assert.equal(spec.automountServiceAccountToken, false);
    assert.deepEqual(spec.securityContext, { runAsUser: 107, runAsGroup: 107, runAsNonRoot: true, fsGroup: 107 });
    const { allowPrivilegeEscalation, capabilities } = spec.containers[0].securityContext;
    const only = { add: ['NET_BIND_SERVICE'], drop: ['ALL'] };
    assert.deepEqual([allowPrivilegeEscalation, capabilities], [false, only]);
  },

  'asks for a node that can run the machine': async (world) => {
    const { pod } = await launched(world);
    assert.deepEqual(pod.spec.nodeSelector, {
      'kubernetes.io/hostname': nodeName(world),
      'kubernetes.io/arch': 'amd64',
      'kubevirt.io/schedulable': 'true',
      'machine-type.node.kubevirt.io/q35': 'true',
    });
  },

  'calls the host as the machine wants, or as it is called up to its first dot': async (world) => {
    const named = await launched(world, set('hostname', 'lab'));
    assert.equal(named.pod.spec.hostname, 'lab');
    const { pod } = await launched(world, ({ metadata }) => {
      metadata.name = `two.${'x'.repeat(80)}`;
    });
    assert.equal(pod.spec.hostname, 'two');
    assert.match(pod.metadata.labels['vmi.kubevirt.io/id'], /^two\.x{50}-[0-9a-f]{8}$/);
  },
});

interface Launched {
  node: MachineNode;
  vmi: Json;
  pod: Json;
}

const nodes = new WeakMap<World, Promise<MachineNode>>();

async function launched(world: World, change?: Change): Promise<Launched> {
  const starting = nodes.get(world) ?? MachineNode.start(world);
  nodes.set(world, starting);
  const node = await starting;
  const vmi = await created(world, change);
  return { node, vmi, pod: await node.launcher(vmi) };
}
