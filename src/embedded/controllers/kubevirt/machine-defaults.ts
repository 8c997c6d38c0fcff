import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { quantityBytes } from '../../node/machines/quantity.ts';
import { withPhase } from '../../node/machines/with-phase.ts';
import { FINALIZER } from './names.ts';

type Spec = VirtualMachineInstance['spec'];
type Domain = Spec['domain'];
type Volume = NonNullable<Spec['volumes']>[number];

const MEBI = 2 ** 20;
/** Memory from which on, and in steps of which, KubeVirt lets a guest grow. */
const HOTPLUG_MINIMUM = 1024 * MEBI;
const HOTPLUG_STEP = 2 * MEBI;
const HOTPLUG_FACTOR = 4;
const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

/** What KubeVirt's mutating webhook writes into a new machine. The given object stays as it is. */
export function defaultedMachine(
  vmi: VirtualMachineInstance,
  { uuid, now }: { uuid: string; now: string },
): VirtualMachineInstance {
  const { metadata, spec } = vmi;
  return {
    ...vmi,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, 'kubevirt.io/pci-topology-version': 'v3' },
      finalizers: [...new Set([...(metadata.finalizers ?? []), FINALIZER])],
    },
    spec: defaultedSpec(spec, uuid),
    status: withPhase(undefined, 'Pending', now),
  };
}

function defaultedSpec(spec: Spec, uuid: string): Spec {
  const { readinessProbe, livenessProbe } = spec;
  return {
    ...spec,
    architecture: spec.architecture ?? 'amd64',
    evictionStrategy: spec.evictionStrategy ?? 'None',
    domain: defaultedDomain(spec.domain, uuid),
    ...(readinessProbe && { readinessProbe: { ...PROBE, ...readinessProbe } }),
    ...(livenessProbe && { livenessProbe: { ...PROBE, ...livenessProbe } }),
    ...(spec.volumes && { volumes: spec.volumes.map(defaultedVolume) }),
  };
}

function defaultedVolume(volume: Volume): Volume {
  const { containerDisk } = volume;
  if (!containerDisk) return volume;
  const imagePullPolicy = containerDisk.imagePullPolicy ?? pullPolicy(containerDisk.image);
  return { ...volume, containerDisk: { ...containerDisk, imagePullPolicy } };
}

function defaultedDomain(domain: Domain, uuid: string): Domain {
  const { cpu, firmware, machine, features, clock, devices } = domain;
  const sized = cpu?.sockets || cpu?.cores || cpu?.threads;
  const processors = sized ? cpu : { ...cpu, sockets: 1, cores: 1, threads: 1 };
  return {
    ...domain,
    cpu: { model: 'host-model', maxSockets: HOTPLUG_FACTOR * (processors?.sockets || 1), ...processors },
    memory: defaultedMemory(domain),
    machine: { type: machine?.type || 'q35' },
    firmware: { ...firmware, uuid: firmware?.uuid || uuid },
    features: { ...features, acpi: { enabled: true, ...features?.acpi } },
    ...(clock?.timer && { clock: { ...clock, timer: presentTimers(clock.timer) } }),
    devices: {
      ...devices,
      ...(devices.disks && {
        disks: devices.disks.map((disk) =>
          disk.cdrom
            ? { ...disk, cdrom: { tray: 'closed', ...disk.cdrom, readonly: disk.cdrom.readonly ?? true } }
            : disk,
        ),
      }),
    },
  };
}

function defaultedMemory({ memory, resources }: Domain): NonNullable<Domain['memory']> {
  const guest = memory?.guest ?? resources?.requests?.memory ?? resources?.limits?.memory;
  if (guest === undefined) return { ...memory };
  const bytes = quantityBytes(String(guest));
  const canGrow = bytes >= HOTPLUG_MINIMUM && bytes % HOTPLUG_STEP === 0 && !memory?.maxGuest;
  const maxGuest = `${(HOTPLUG_FACTOR * bytes) / MEBI}Mi`;
  return { ...memory, guest: String(guest), ...(canGrow && { maxGuest }) };
}

function presentTimers<T extends object>(timers: T): T {
  const entries = Object.entries(timers).map(([name, timer]) => [name, { present: true, ...timer }]);
  return Object.fromEntries(entries) as T;
}

function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const isPinned = image.includes('@') || /:(?!latest$)[^/:]+$/.test(image);
  return isPinned ? 'IfNotPresent' : 'Always';
}
