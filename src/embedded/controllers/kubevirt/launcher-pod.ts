/** The pod in which a machine runs, as KubeVirt would make it. */
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { quantityBytes } from '../../node/machines/quantity.ts';
import { controllerReference } from '../owner.ts';
import { randomSuffix } from '../random-suffix.ts';
import { LABEL_CREATED_BY } from './names.ts';

/** What a launcher needs besides its guest: fixed, and for each virtual processor. */
const OVERHEAD_MEBIBYTES = 228;
const OVERHEAD_PER_CPU_MEBIBYTES = 8;
/** How much longer than its guest a launcher may take to end. */
const GRACE_PADDING_SECONDS = 30;
const DEFAULT_GRACE_SECONDS = 30;
const LAUNCHER_IMAGE = 'quay.io/kubevirt/virt-launcher:v1.7.0';
const LONGEST_LABEL = 63;

export function launcherPod(vmi: VirtualMachineInstance): Pod {
  const { name, namespace = '', uid = '', labels, annotations = {} } = vmi.metadata;
  const copied = Object.entries(annotations).filter(([key]) => !key.startsWith('kubectl.kubernetes.io'));
  const { spec } = vmi;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `virt-launcher-${name}-${randomSuffix()}`,
      namespace,
      labels: {
        ...labels,
        'kubevirt.io': 'virt-launcher',
        [LABEL_CREATED_BY]: uid,
        'vm.kubevirt.io/name': name.slice(0, LONGEST_LABEL),
        'vmi.kubevirt.io/id': name.slice(0, LONGEST_LABEL),
      },
      annotations: { ...Object.fromEntries(copied), 'kubevirt.io/domain': name },
      ownerReferences: [controllerReference(vmi)],
    },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds:
        (spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) + GRACE_PADDING_SECONDS,
      nodeSelector: { ...spec.nodeSelector, 'kubevirt.io/schedulable': 'true', 'kubernetes.io/arch': 'amd64' },
      securityContext: { runAsUser: 107, runAsNonRoot: true, fsGroup: 107 },
      containers: [compute(vmi), ...containerDisks(vmi)],
    },
  };
}

type Container = NonNullable<Pod['spec']>['containers'][number];

function compute(vmi: VirtualMachineInstance): Container {
  const { cpu, memory, devices } = vmi.spec.domain;
  const cpus = (cpu?.sockets ?? 1) * (cpu?.cores ?? 1) * (cpu?.threads ?? 1);
  const guest = Math.ceil(quantityBytes(String(memory?.guest ?? '0')) / 2 ** 20);
  const ports = (devices.interfaces ?? []).flatMap((nic) => nic.ports ?? []);
  return {
    name: 'compute',
    image: LAUNCHER_IMAGE,
    ports: ports.map(({ name, port, protocol = 'TCP' }) => ({ containerPort: port, protocol, ...(name && { name }) })),
    resources: {
      requests: {
        cpu: `${cpus * 100}m`,
        memory: `${guest + OVERHEAD_MEBIBYTES + cpus * OVERHEAD_PER_CPU_MEBIBYTES}Mi`,
      },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
      runAsNonRoot: true,
      runAsUser: 107,
    },
  };
}

function containerDisks(vmi: VirtualMachineInstance): Container[] {
  return (vmi.spec.volumes ?? []).flatMap(({ name, containerDisk }) => {
    if (!containerDisk) return [];
    const { image, imagePullPolicy } = containerDisk;
    return [{ name: `volume${name}`, image, ...(imagePullPolicy && { imagePullPolicy }) }];
  });
}
