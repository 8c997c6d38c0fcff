import { posix } from 'node:path';
import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { invalid, isLabel, NO_LABEL, type Problem } from './problem.ts';

type Spec = VirtualMachineInstance['spec'];
type Disk = NonNullable<Spec['domain']['devices']['disks']>[number];

const DISKS = 'spec.domain.devices.disks';
const BUSES = ['virtio', 'scsi', 'sata', 'usb'];
const CACHES = ['none', 'writethrough', 'writeback'];
const KINDS = ['disk', 'lun', 'cdrom'] as const;

/** Disks whose volume is missing. */
export function emptyDisks({ domain, volumes = [] }: Spec): Problem[] {
  return (domain.devices.disks ?? []).flatMap((disk, index) => {
    if (volumes.some(({ name }) => name === disk.name)) return [];
    const message = disk.cdrom
      ? 'DeclarativeHotplugVolumes feature gate not enabled, cannot define an empty CD-ROM disk'
      : `${DISKS}[${index}].Name '${disk.name}' not found.`;
    return [invalid(`${DISKS}[${index}].name`, message)];
  });
}

export function diskProblems({ domain }: Spec): Problem[] {
  const all = domain.devices.disks ?? [];
  return all.flatMap((disk, index) => [
    ...sameName(all, index, DISKS),
    ...oneDisk(disk, `${DISKS}[${index}]`),
    // KubeVirt appends the whole path to the path here.
    ...(isLabel(disk.name) ? [] : [invalid(`${DISKS}.domain.devices.disks[${index}].name`, NO_LABEL)]),
  ]);
}

function sameName(all: { name: string }[], index: number, path: string): Problem[] {
  const first = all.findIndex(({ name }) => name === all[index]?.name);
  if (first === index) return [];
  return [invalid(`${path}[${index}].name`, `${path}[${index}] and ${path}[${first}] must not have the same Name.`)];
}

function oneDisk(disk: Disk, field: string): Problem[] {
  const problems: Problem[] = [];
  const kinds = KINDS.filter((kind) => disk[kind]);
  if (kinds.length > 1) problems.push(invalid(field, `${field} can only have a single target type defined`));
  if (disk.bootOrder !== undefined && disk.bootOrder < 1) {
    problems.push(invalid(`${field}.bootOrder`, `${field} must have a boot order > 0, if supplied`));
  }
  const [kind] = kinds;
  const why = kind && busProblem(disk, kind, field);
  if (why) problems.push(invalid(`${field}.${kind}.bus`, why));
  if (disk.cache && !CACHES.includes(disk.cache)) {
    problems.push(invalid(`${field}.cache`, `${field}.cache has invalid value ${disk.cache}`));
  }
  return problems;
}

function busProblem(disk: Disk, kind: (typeof KINDS)[number], field: string): string | undefined {
  const bus = disk[kind]?.bus;
  if (!bus) return undefined;
  if (bus === 'ide') return 'IDE bus is not supported';
  if (!BUSES.includes(bus)) {
    return `${field} is set with an unrecognized bus ${bus}, must be one of: [${BUSES.join(' ')}]`;
  }
  if (bus === 'virtio' && kind === 'cdrom') return `Bus type ${bus} is invalid for CD-ROM device`;
  return bus === 'sata' && disk.disk?.readonly ? 'sata hard-disks do not support read-only.' : undefined;
}

export function volumeProblems({ volumes = [] }: Spec): Problem[] {
  return volumes.flatMap(({ name: _, ...sources }, index) => {
    const field = `spec.volumes[${index}]`;
    const count = Object.values(sources).filter((source) => source !== undefined).length;
    return [
      ...sameName(volumes, index, 'spec.volumes'),
      ...(count === 1 ? [] : [invalid(field, `${field} must have exactly one source type set`)]),
    ];
  });
}

export function containerDiskProblems({ volumes = [] }: Spec): Problem[] {
  return volumes.flatMap(({ containerDisk }, index) => {
    const path = containerDisk?.path?.replace(/\/$/, '');
    if (!path || posix.join('/', path) === path) return [];
    const field = `spec.volumes[${index}].containerDisk`;
    return [invalid(field, `${field} must be an absolute path to a file without relative components`)];
  });
}

/** Boot orders that two devices have, and those of interfaces below one. */
export function bootOrderProblems({ domain }: Spec): Problem[] {
  const { disks = [], interfaces = [] } = domain.devices;
  const seen = new Set<number>();
  const taken = (order: number | undefined, field: string): Problem[] => {
    if (order === undefined) return [];
    const isTaken = seen.has(order);
    seen.add(order);
    return isTaken ? [invalid(field, `Boot order for ${field} already set for a different device.`)] : [];
  };
  return [
    ...disks.flatMap(({ bootOrder }, index) => taken(bootOrder, `${DISKS}[${index}].bootOrder`)),
    ...interfaces.flatMap(({ bootOrder }, index) =>
      bootOrder !== undefined && bootOrder < 1
        ? [invalid(`spec[${index}].bootOrder`, `spec[${index}] must have a boot order > 0, if supplied`)]
        : taken(bootOrder, `spec.domain.devices.interfaces[${index}].bootOrder`),
    ),
  ];
}
