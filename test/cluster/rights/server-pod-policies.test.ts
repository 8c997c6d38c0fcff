/** What a stranger with the token of a server pod may make: nothing that lets him read a Secret. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { SECRET_TYPE_CREDENTIALS } from '../../../src/api/names.ts';
import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import type { JsonPatchOperation, KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { Role, RoleBinding, Secret, ServiceAccount, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { role, roleBinding, serviceAccount } from '../../../src/operator/desired/server-pod-rights.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { credentialsSecret } from '../../../src/virtualization/kubevirt/credentials-secret.ts';
import { bootingMachine, claimedMachine } from '../../../src/virtualization/kubevirt/machine.ts';
import { changeState } from '../../../src/virtualization/kubevirt/machine-patch.ts';
import { sampleSettings } from '../../support/sample-machine.ts';
import { suite } from '../../support/suite.ts';
import { NO_CONTROL_PLANE, soon } from '../operator/fixture.ts';
import { type ServerPodGround, serverPodGround } from './server-pod-ground.ts';
import { refusal, serverPodPolicies } from './server-pod-policies.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a stranger sends has any shape
type Any = any;

const AMONG_VOLUMES = /has no volumes but a containerDisk, a read-only persistentVolumeClaim and an emptyDisk: evil$/;
const AMONG_FIELDS = (field: string) => new RegExp(`a container of a server pod has no (.*, )?${field}(,|$)`);
const NOT_OURS = /machines of the name SERVER-PORT only, with the labels of a claimed container and no others$/;
const NETWORK = /has one network, the pod network, by masquerade$/;

/** A volume more, and a disk for it, which KubeVirt asks for. */
const withVolume = (source: object) => (vmi: Any) => {
  vmi.spec.volumes.push({ name: 'evil', ...source });
  vmi.spec.domain.devices.disks.push({ name: 'evil', disk: { bus: 'virtio' } });
};
const withDevices = (devices: object) => (vmi: Any) => Object.assign(vmi.spec.domain.devices, devices);

/** Ways to what a machine can be given, and what is said of each. */
const MACHINES: [what: string, change: (vmi: Any) => unknown, said: RegExp][] = [
  ['a Secret as a disk', withVolume({ secret: { secretName: 'lab-key' } }), AMONG_VOLUMES],
  ['a ServiceAccount’s token', withVolume({ serviceAccount: { serviceAccountName: 'admin' } }), AMONG_VOLUMES],
  ['a ConfigMap as a disk', withVolume({ configMap: { name: 'settings' } }), AMONG_VOLUMES],
  ['cloud-init from a Secret', withVolume({ cloudInitNoCloud: { secretRef: { name: 'lab-key' } } }), AMONG_VOLUMES],
  [
    'a config drive with a Secret’s network',
    withVolume({ cloudInitConfigDrive: { userData: 'x', networkDataSecretRef: { name: 'lab-key' } } }),
    AMONG_VOLUMES,
  ],
  ['sysprep from a Secret', withVolume({ sysprep: { secret: { name: 'lab-key' } } }), AMONG_VOLUMES],
  ['its own annotations', withVolume({ downwardAPI: { fields: [] } }), AMONG_VOLUMES],
  ['a file of the node', withVolume({ hostDisk: { path: '/etc/shadow', type: 'Disk' } }), AMONG_VOLUMES],
  ['a DataVolume', withVolume({ dataVolume: { name: 'theirs' } }), AMONG_VOLUMES],
  ['a claim to write on', withVolume({ persistentVolumeClaim: { claimName: 'theirs' } }), AMONG_VOLUMES],
  [
    'a claim below a scratch disk',
    withVolume({ ephemeral: { persistentVolumeClaim: { claimName: 'x' } } }),
    AMONG_VOLUMES,
  ],
  ['another file of an image', withVolume({ containerDisk: { image: 'a', path: '/etc/passwd' } }), AMONG_VOLUMES],
  [
    'access credentials',
    (vmi) => {
      const source = { secret: { secretName: 'lab-key' } };
      const propagationMethod = { noCloud: {} };
      vmi.spec.accessCredentials = [{ sshPublicKey: { source, propagationMethod } }];
      withVolume({ cloudInitNoCloud: { userData: '#cloud-config' } })(vmi);
    },
    AMONG_FIELDS('accessCredentials'),
  ],
  [
    'a kernel of another image',
    (vmi) => {
      const container = { image: 'a', kernelPath: '/vmlinuz', imagePullSecret: 'theirs' };
      vmi.spec.domain.firmware.kernelBoot = { container };
    },
    AMONG_FIELDS('domain.firmware.kernelBoot'),
  ],
  ['a GPU', withDevices({ gpus: [{ name: 'a', deviceName: 'nvidia.com/x' }] }), AMONG_FIELDS('domain.devices.gpus')],
  ['a TPM that is kept', withDevices({ tpm: { persistent: true } }), AMONG_FIELDS('domain.devices.tpm')],
  [
    'a USB device of the client',
    withDevices({ clientPassthrough: {} }),
    AMONG_FIELDS('domain.devices.clientPassthrough'),
  ],
  [
    'a device by its resource',
    (vmi) => {
      vmi.spec.domain.resources = { requests: { 'example.com/device': '1' }, limits: { 'example.com/device': '1' } };
    },
    /has no resources but cpu, memory and ephemeral-storage$/,
  ],
  [
    'a network of the node',
    (vmi) => {
      vmi.spec.networks.push({ name: 'lan', multus: { networkName: 'lan' } });
      vmi.spec.domain.devices.interfaces.push({ name: 'lan', bridge: {} });
    },
    NETWORK,
  ],
  [
    'the pod network without NAT',
    (vmi) => {
      vmi.spec.domain.devices.interfaces = [{ name: 'default', bridge: {} }];
    },
    NETWORK,
  ],
  [
    'a LUN',
    (vmi) => {
      vmi.spec.domain.devices.disks[0] = { name: 'iso', lun: {} };
    },
    /has no lun$/,
  ],
  [
    'a probe of another host',
    (vmi) => {
      vmi.spec.readinessProbe = { tcpSocket: { host: '169.254.169.254', port: 80 } };
    },
    /is probed at a port of its own only$/,
  ],
  [
    'a second probe',
    (vmi) => {
      vmi.spec.livenessProbe = { httpGet: { host: '169.254.169.254', port: 80 } };
    },
    AMONG_FIELDS('livenessProbe'),
  ],
  [
    'a sidecar in its pod',
    (vmi) => {
      vmi.metadata.annotations['hooks.kubevirt.io/hookSidecars'] = '[{"image": "evil"}]';
    },
    /annotations of anweddol.io only, not hooks.kubevirt.io\/hookSidecars$/,
  ],
  [
    'the labels of another application',
    (vmi) => {
      vmi.metadata.labels.app = 'database';
    },
    NOT_OURS,
  ],
  [
    'the look of a warm one',
    (vmi) => {
      vmi.metadata.labels['anweddol.io/state'] = 'warm';
    },
    NOT_OURS,
  ],
  [
    'another name',
    (vmi) => {
      vmi.metadata.name = 'other-10000';
    },
    NOT_OURS,
  ],
  [
    'another server',
    (vmi) => {
      vmi.metadata.labels['anweddol.io/server'] = 'other';
    },
    /containers of its own server only$/,
  ],
  [
    'no owner',
    (vmi) => {
      delete vmi.metadata.ownerReferences;
    },
    /machines only that its AnweddolServer owns$/,
  ],
  [
    'another owner',
    (vmi) => {
      vmi.metadata.ownerReferences[0].name = 'other';
    },
    /machines only that its AnweddolServer owns$/,
  ],
];

const SECRETS: [what: string, change: (secret: Any) => unknown, said: RegExp][] = [
  [
    'a token of a ServiceAccount',
    (secret) => {
      secret.type = 'kubernetes.io/service-account-token';
      secret.metadata.annotations = { 'kubernetes.io/service-account.name': 'default' };
      delete secret.stringData;
    },
    /Secrets of the type anweddol.io\/container-credentials only$/,
  ],
  [
    'anything',
    (secret) => {
      delete secret.type;
    },
    /Secrets of the type anweddol.io\/container-credentials only$/,
  ],
  [
    'the next key of the server',
    (secret) => {
      secret.metadata.name = 'lab-key-1';
    },
    /Secrets of the name of a container only, which is SERVER-PORT-UUID$/,
  ],
  [
    'credentials of another server',
    (secret) => {
      secret.metadata.labels['anweddol.io/server'] = 'other';
    },
    /Secrets with the labels of its own server only$/,
  ],
  [
    'credentials that stay',
    (secret) => {
      delete secret.metadata.ownerReferences;
    },
    /Secrets only that the container owns which they are of$/,
  ],
];

/** What servers may be told to make their containers of. */
const SETTINGS: [what: string, spec: Parameters<typeof sampleSettings>[0]][] = [
  ['an image', {}],
  ['a claim', { iso: { persistentVolumeClaim: 'iso', sha256: 'ab'.repeat(32) } }],
  ['an image of a closed registry', { iso: { image: 'iso:1', imagePullSecret: 'pull', sha256: 'ab'.repeat(32) } }],
  ['a scratch disk and a resolver', { containers: { scratchDisk: '1Gi', isolation: { dns: { mode: 'None' } } } }],
  [
    'a place of their own',
    {
      containers: {
        nodeSelector: { a: 'b' },
        tolerations: [{ key: 'a', operator: 'Exists' }],
        memory: '2Gi',
        vcpus: 2,
      },
    },
  ],
];

suite('what a server pod may make', NO_CONTROL_PLANE, () => {
  let on: ServerPodGround;
  let pod: KubeClient;
  const closing = new AsyncDisposableStack();

  const client = (token: string): KubeClient => {
    const kubeconfig = kubeconfigText({ name: 'pod', ...on, token });
    const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock });
    closing.defer(() => transport.close());
    return createKubeClient(transport);
  };
  const settings = (spec: Parameters<typeof sampleSettings>[0] = {}, name = 'lab') => {
    const sample = sampleSettings(spec);
    // The KubeVirt of this control plane knows none.
    sample.spec.containers.rebootPolicy = 'Reboot';
    return { ...sample, server: { name, namespace: on.own, uid: on.server.metadata.uid ?? '' } };
  };
  const machine = (change: (vmi: Any) => unknown = () => {}, spec = {}, name = 'lab', port = 10_000) => {
    const claim = { uuid: randomUUID(), clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
    const made = structuredClone(claimedMachine(settings(spec, name), claim, port, Date.now()));
    change(made);
    return made;
  };
  const secret = (change: (secret: Any) => unknown = () => {}): Secret => {
    const record = { uuid: randomUUID(), clientTokenSha256: '', listenPort: 10_000, instanceId: randomUUID() };
    const credentials = { username: 'user', password: 'secret', hostKeyFingerprint: 'SHA256:x' };
    const names = { name: 'lab-10000', namespace: on.own, serverName: 'lab' };
    const made = structuredClone(credentialsSecret(names, record, credentials, undefined));
    change(made);
    return made;
  };
  const dry = { dryRun: true };
  const saidOfMachine = (by: KubeClient, vmi: VirtualMachineInstance) =>
    refusal(() => by.create(VirtualMachineInstance, vmi, dry));

  before(async () => {
    on = await serverPodGround();
    closing.use(on);
    pod = client(on.token);
    closing.use(await serverPodPolicies(on.admin, pod, on.own));
  });
  after(() => closing.disposeAsync());

  for (const [what, spec] of SETTINGS) {
    test(`containers of ${what}`, async () => {
      assert.equal(await saidOfMachine(pod, machine(undefined, spec)), '');
    });
  }

  for (const [what, change, said] of MACHINES) {
    test(`no machine with ${what}`, async () => {
      assert.match(await saidOfMachine(pod, machine(change)), said);
    });
  }

  for (const [what, change, said] of SECRETS) {
    test(`no Secret that is ${what}`, async () => {
      assert.match(await refusal(() => pod.create(Secret, secret(change), dry)), said);
      assert.equal(await refusal(() => pod.create(Secret, secret(), dry)), '');
    });
  }

  test('of a machine it changes what a claim and a hand-over change, and nothing else', async () => {
    const { admin } = on;
    const { metadata } = await admin.create(
      VirtualMachineInstance,
      bootingMachine(settings(), randomUUID(), 10_001, Date.now()),
    );
    await admin.mergePatch(VirtualMachineInstance, metadata, { metadata: { labels: { 'anweddol.io/state': 'warm' } } });
    const patch = (...operations: JsonPatchOperation[]) =>
      refusal(() => pod.jsonPatch(VirtualMachineInstance, metadata, operations, dry));
    const add = (path: string, value: unknown) => ({ op: 'add', path, value }) as const;
    const nothingElse = /may claim a machine and say that it is ready, and change nothing else of it$/;
    assert.equal(await patch(...changeState('warm', 'claimed'), add('/metadata/annotations/anweddol.io~1a', 'b')), '');
    assert.match(await patch(...changeState('warm', 'booting')), nothingElse);
    assert.match(await patch(add('/metadata/labels/app', 'database')), nothingElse);
    assert.match(await patch(add('/metadata/finalizers/-', 'example.com/stays')), nothingElse);
    assert.match(await patch({ op: 'remove', path: '/metadata/ownerReferences' }), nothingElse);
    assert.match(
      await patch(add('/metadata/annotations/k8s.v1.cni.cncf.io~1networks', 'lan')),
      /annotations of anweddol.io only/,
    );
    assert.equal(await refusal(() => pod.delete(VirtualMachineInstance, metadata)), '');
  });

  test('it has no hand in machines of others', async () => {
    const foreign = machine(({ metadata }) => {
      metadata.name = 'theirs';
      metadata.labels = {};
    });
    const { metadata } = await on.admin.create(VirtualMachineInstance, foreign);
    const own = /may make, change and end containers of its own server only$/;
    const takesOver = {
      metadata: { labels: { 'anweddol.io/server': 'lab', 'app.kubernetes.io/managed-by': 'anweddol-operator' } },
    };
    assert.match(
      await refusal(() => pod.mergePatch(VirtualMachineInstance, metadata, { metadata: { annotations: { a: 'b' } } })),
      own,
    );
    assert.match(
      await refusal(() => pod.mergePatch(VirtualMachineInstance, metadata, takesOver)),
      /change nothing else of it$/,
    );
    assert.match(await refusal(() => pod.delete(VirtualMachineInstance, metadata)), own);
    await on.admin.delete(VirtualMachineInstance, metadata);
  });

  test('a server whose name ends like an account is held to it as well', async () => {
    const server = { ...on.server, metadata: { ...on.server.metadata, name: 'lab-server' } };
    // There is no such server, and the garbage collector takes what it owns.
    const unowned = <T extends KubeObject>(made: T): T => ({
      ...made,
      metadata: { ...made.metadata, ownerReferences: [] },
    });
    await on.admin.create(ServiceAccount, unowned(serviceAccount(server)));
    await on.admin.create(Role, unowned(role(server)));
    await on.admin.create(RoleBinding, unowned(roleBinding(server)));
    const bearer = client(
      await serviceAccountToken(on.admin, { namespace: on.own, name: 'lab-server-server' }, soon()),
    );
    const evil = withVolume({ secret: { secretName: 'lab-key' } });
    assert.match(await eventually(() => saidOfMachine(bearer, machine(evil, {}, 'lab-server'))), AMONG_VOLUMES);
    assert.equal(await saidOfMachine(bearer, machine(undefined, {}, 'lab-server')), '');
    assert.match(await saidOfMachine(bearer, machine()), /containers of its own server only$/);
  });

  test('whoever else makes machines and Secrets makes them as he likes, with such a name and without', async () => {
    const evil = machine(withVolume({ secret: { secretName: 'theirs' } }));
    const opaque = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'theirs', namespace: on.own } };
    for (const name of ['tenant', 'tenant-server']) {
      const bearer = await tenant(name);
      assert.equal(await eventually(() => saidOfMachine(bearer, evil), ''), '', name);
      assert.equal(await refusal(() => bearer.create(Secret, opaque, dry)), '', name);
    }
    assert.equal(await saidOfMachine(on.admin, evil), '');
    assert.equal(
      (await on.admin.create(Secret, { ...opaque, type: SECRET_TYPE_CREDENTIALS }, dry)).metadata.name,
      'theirs',
    );
  });

  /** Somebody of the namespace who may do to machines and Secrets what a server pod may. */
  async function tenant(name: string): Promise<KubeClient> {
    const metadata = { name, namespace: on.own };
    const rules = (role(on.server).rules ?? []).filter(({ verbs }) => !verbs.includes('serve'));
    await on.admin.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await on.admin.create(Role, { ...role(on.server), metadata, rules });
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
    const subjects = [{ kind: 'ServiceAccount', ...metadata }];
    await on.admin.create(RoleBinding, { ...roleBinding(on.server), metadata, roleRef, subjects });
    return client(await serviceAccountToken(on.admin, metadata, soon()));
  }

  /** The API server learns of an account and of its rights a moment later: until then everything is refused for want of them. */
  async function eventually(attempt: () => Promise<string>, otherwise?: string): Promise<string> {
    const patience = soon();
    while (true) {
      const said = await attempt().catch((error: unknown) => {
        if (error instanceof KubeError && error.code === 401) return 'cannot create resource';
        throw error;
      });
      if (!said.includes('cannot create resource')) return said || (otherwise ?? said);
      patience.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});
