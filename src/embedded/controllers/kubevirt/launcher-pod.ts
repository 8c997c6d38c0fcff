/** The pod in which a machine runs, as KubeVirt would make it. */
import { createHash } from 'node:crypto';
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { controllerReference } from '../owner.ts';
import { launcherContainers } from './launcher-containers.ts';
import { LABEL_CREATED_BY, OBSERVED_VERSION, READINESS_GATE } from './names.ts';

/** How much longer than its guest a launcher may take to end. */
const GRACE_PADDING_SECONDS = 30;
const DEFAULT_GRACE_SECONDS = 30;
const LONGEST_LABEL = 63;
const HASH_LENGTH = 8;

export function launcherPod(vmi: VirtualMachineInstance): Pod {
  const { name, namespace = '', uid = '', labels } = vmi.metadata;
  const { spec } = vmi;
  const hostname = ((spec.hostname || name).split('.')[0] ?? '').slice(0, LONGEST_LABEL);
  const { init, running } = launcherContainers(vmi);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      // The API server makes one up.
      name: '',
      generateName: `virt-launcher-${name}-`,
      namespace,
      labels: {
        ...labels,
        'kubevirt.io': 'virt-launcher',
        [LABEL_CREATED_BY]: uid,
        'vm.kubevirt.io/name': hostname,
        'vmi.kubevirt.io/id': machineId(name),
      },
      annotations: annotations(vmi),
      ownerReferences: [controllerReference(vmi)],
    },
    spec: {
      hostname,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds:
        (spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) + GRACE_PADDING_SECONDS,
      nodeSelector: nodeSelector(spec),
      securityContext: { runAsUser: 107, runAsGroup: 107, runAsNonRoot: true, fsGroup: 107 },
      readinessGates: [{ conditionType: READINESS_GATE }],
      initContainers: init,
      containers: running,
      ...imagePullSecrets(spec),
      ...(spec.priorityClassName && { priorityClassName: spec.priorityClassName }),
      ...(spec.dnsPolicy && { dnsPolicy: spec.dnsPolicy }),
      ...(spec.dnsConfig && { dnsConfig: spec.dnsConfig }),
      ...(spec.tolerations && { tolerations: spec.tolerations }),
    },
  };
}

function annotations({ metadata }: VirtualMachineInstance): Record<string, string> {
  const copied = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => !key.startsWith('kubectl.kubernetes.io') && !(key in OBSERVED_VERSION),
  );
  return {
    'kubevirt.io/domain': metadata.name,
    ...Object.fromEntries(copied),
    'kubectl.kubernetes.io/default-container': 'compute',
    'kubevirt.io/migrationTransportUnix': 'true',
    'descheduler.alpha.kubernetes.io/request-evict-only': '',
  };
}

function nodeSelector({ nodeSelector: own, architecture, domain }: VirtualMachineInstance['spec']) {
  return {
    ...own,
    'kubevirt.io/schedulable': 'true',
    'kubernetes.io/arch': architecture ?? 'amd64',
    ...(domain.machine?.type && { [`machine-type.node.kubevirt.io/${domain.machine.type}`]: 'true' }),
  };
}

function imagePullSecrets({ volumes = [] }: VirtualMachineInstance['spec']) {
  const names = new Set(volumes.flatMap(({ containerDisk }) => containerDisk?.imagePullSecret ?? []));
  return names.size === 0 ? {} : { imagePullSecrets: [...names].map((name) => ({ name })) };
}

/** A name as a label's value: a long one ends in its own hash. */
function machineId(name: string): string {
  if (name.length <= LONGEST_LABEL) return name;
  const hash = createHash('sha1').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, LONGEST_LABEL - HASH_LENGTH - 1)}-${hash}`;
}
