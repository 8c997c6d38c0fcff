import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { MachineStatus } from '../../node/machines/with-phase.ts';
import { canonical } from './amounts.ts';
import { defaultedDomain } from './domain-defaults.ts';
import { FINALIZER } from './names.ts';
import type { KubeVirtVersion } from './version.ts';

type Spec = VirtualMachineInstance['spec'];
type Volume = NonNullable<Spec['volumes']>[number];
type Probe = NonNullable<Spec['readinessProbe']>;

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
/** Who a launcher runs as. */
const RUNTIME_USER = 107;

/** What KubeVirt's mutating webhook writes into a new machine. The given object stays as it is. */
export function defaultedMachine(
  vmi: VirtualMachineInstance,
  { uuid, now, version }: { uuid: string; now: string; version: KubeVirtVersion },
): VirtualMachineInstance {
  const { metadata } = vmi;
  const spec = defaultedSpec(vmi.spec, uuid);
  const topology = version === '1.9' && { 'kubevirt.io/pci-topology-version': 'v3' };
  const annotations = topology ? { ...metadata.annotations, ...topology } : metadata.annotations;
  return {
    ...vmi,
    metadata: {
      ...metadata,
      ...(annotations && { annotations }),
      finalizers: [...new Set([...(metadata.finalizers ?? []), FINALIZER])],
    },
    spec,
    status: firstStatus(vmi.status, spec, now),
  };
}

function firstStatus(given: MachineStatus | undefined, { domain }: Spec, now: string): MachineStatus {
  const { sockets, cores, threads } = domain.cpu ?? {};
  const guest = domain.memory?.guest;
  return {
    guestOSInfo: {},
    ...given,
    currentCPUTopology: { ...(sockets && { sockets }), ...(cores && { cores }), ...(threads && { threads }) },
    ...(guest !== undefined && { memory: { guestAtBoot: guest, guestCurrent: guest, guestRequested: guest } }),
    runtimeUser: RUNTIME_USER,
    phase: 'Pending',
    phaseTransitionTimestamps: [
      ...(given?.phaseTransitionTimestamps ?? []),
      { phase: 'Pending', phaseTransitionTimestamp: now },
    ],
  };
}

function defaultedSpec(given: Spec, uuid: string): Spec {
  const spec = withDiskOfEveryVolume(withNetwork(given));
  const { readinessProbe, livenessProbe } = spec;
  return {
    ...spec,
    architecture: spec.architecture || 'amd64',
    evictionStrategy: spec.evictionStrategy ?? 'None',
    domain: defaultedDomain(spec.domain, uuid),
    ...(readinessProbe && { readinessProbe: defaultedProbe(readinessProbe) }),
    ...(livenessProbe && { livenessProbe: defaultedProbe(livenessProbe) }),
    ...(spec.volumes && { volumes: spec.volumes.map(defaultedVolume) }),
  };
}

function withNetwork(spec: Spec): Spec {
  const { networks = [], domain } = spec;
  const { devices } = domain;
  const hasOwn = networks.length > 0 || (devices.interfaces ?? []).length > 0;
  if (hasOwn || devices.autoattachPodInterface === false) return spec;
  const interfaces = [{ name: 'default', bridge: {} }];
  return {
    ...spec,
    networks: [{ name: 'default', pod: {} }],
    domain: { ...domain, devices: { ...devices, interfaces } },
  };
}

function withDiskOfEveryVolume(spec: Spec): Spec {
  const { domain, volumes = [] } = spec;
  const disks = [...(domain.devices.disks ?? [])];
  for (const { name } of volumes) if (!disks.some((disk) => disk.name === name)) disks.push({ name });
  return disks.length === 0 ? spec : { ...spec, domain: { ...domain, devices: { ...domain.devices, disks } } };
}

function defaultedProbe(probe: Probe): Probe {
  const given = Object.entries(PROBE).map(([field, number]) => {
    const own = probe[field as keyof typeof PROBE];
    return [field, own !== undefined && own >= 1 ? own : number];
  });
  return { ...probe, ...Object.fromEntries(given) };
}

function defaultedVolume(volume: Volume): Volume {
  const { containerDisk, emptyDisk } = volume;
  if (emptyDisk) return { ...volume, emptyDisk: { ...emptyDisk, capacity: canonical(emptyDisk.capacity) } };
  if (!containerDisk) return volume;
  const image = containerDisk.image ?? '';
  const imagePullPolicy = containerDisk.imagePullPolicy ?? pullPolicy(image);
  return { ...volume, containerDisk: { ...containerDisk, image, imagePullPolicy } };
}

/** KubeVirt takes the port of a registry for a tag. */
function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return image.endsWith(':latest') || !/[:@]/.test(image) ? 'Always' : 'IfNotPresent';
}
