import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { amount, binaryBytes, canonical, MEBI } from './amounts.ts';

type Domain = VirtualMachineInstance['spec']['domain'];
type Disk = NonNullable<Domain['devices']['disks']>[number];

/** Memory from which on, and in steps of which, KubeVirt lets a guest grow. */
const HOTPLUG_MINIMUM = 1024 * MEBI;
const HOTPLUG_STEP = 2 * MEBI;
const HOTPLUG_FACTOR = 4;
const MOST_CPUS = 512;

export function defaultedDomain(domain: Domain, uuid: string): Domain {
  const { firmware, machine, features, clock, devices } = domain;
  const sized = { ...domain, resources: defaultedResources(domain) };
  const { apic, smm } = features ?? {};
  return {
    ...sized,
    cpu: defaultedProcessors(sized),
    memory: defaultedMemory(sized),
    machine: { type: machine?.type || 'q35' },
    firmware: { ...firmware, uuid: firmware?.uuid || uuid },
    features: {
      ...features,
      acpi: { enabled: true, ...features?.acpi },
      ...(apic && { apic: { enabled: true, ...apic } }),
      ...(smm && { smm: { enabled: true, ...smm } }),
    },
    ...(clock?.timer && { clock: { ...clock, timer: presentTimers(clock.timer) } }),
    devices: { ...devices, ...(devices.disks && { disks: devices.disks.map(defaultedDisk) }) },
  };
}

/** What limits the processors is what they are asked to be. */
function defaultedResources({ resources }: Domain): NonNullable<Domain['resources']> {
  const { requests, limits, ...rest } = resources ?? {};
  const cpu = limits?.cpu !== undefined && requests?.cpu === undefined && { cpu: limits.cpu };
  const asked = cpu ? { ...requests, ...cpu } : requests;
  return { ...rest, ...(asked && { requests: canonicalAll(asked) }), ...(limits && { limits: canonicalAll(limits) }) };
}

function canonicalAll(quantities: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, canonical(quantity)]));
}

function defaultedProcessors({ cpu, resources }: Domain): NonNullable<Domain['cpu']> {
  const isSized = cpu?.sockets || cpu?.cores || cpu?.threads;
  const asked = resources?.limits?.cpu ?? resources?.requests?.cpu ?? '1';
  const sized = isSized ? cpu : { ...cpu, sockets: amount(asked), cores: 1, threads: 1 };
  const { sockets = 0, cores = 0, threads = 0 } = sized;
  const most = HOTPLUG_FACTOR * sockets;
  const isTooMany = most * cores * threads > MOST_CPUS;
  const maxSockets = isTooMany ? Math.max(Math.floor(MOST_CPUS / (cores * threads)), sockets) : most;
  return { model: 'host-model', ...(maxSockets > 0 && { maxSockets }), ...sized };
}

function defaultedMemory({ memory, resources }: Domain): NonNullable<Domain['memory']> {
  const { guest: given, maxGuest, ...rest } = memory ?? {};
  const guest = given ?? resources?.requests?.memory ?? resources?.limits?.memory;
  const most = maxGuest ?? (guest === undefined ? undefined : hotpluggable(amount(guest)));
  return {
    ...rest,
    ...(guest !== undefined && { guest: canonical(guest) }),
    ...(most !== undefined && { maxGuest: canonical(most) }),
  };
}

/** How much a guest of that many bytes may become. */
function hotpluggable(bytes: number): string | undefined {
  const canGrow = bytes >= HOTPLUG_MINIMUM && bytes % HOTPLUG_STEP === 0;
  return canGrow ? binaryBytes(HOTPLUG_FACTOR * bytes) : undefined;
}

function defaultedDisk(disk: Disk): Disk {
  const { cdrom, lun } = disk;
  const bus = 'sata';
  if (cdrom) return { ...disk, cdrom: { bus, tray: 'closed', readonly: true, ...cdrom } };
  return lun ? { ...disk, lun: { bus, ...lun } } : { ...disk, disk: { bus, ...disk.disk } };
}

function presentTimers<T extends object>(timers: T): T {
  const entries = Object.entries(timers).map(([name, timer]) => [name, { present: true, ...timer }]);
  return Object.fromEntries(entries) as T;
}
