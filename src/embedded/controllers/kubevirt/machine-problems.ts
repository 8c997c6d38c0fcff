import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { RESERVED_LABELS } from './names.ts';

export interface Problem {
  field: string;
  message: string;
}

type Spec = VirtualMachineInstance['spec'];

const CDROM_BUSES = ['sata', 'scsi', 'usb'];
const BINDINGS = ['bridge', 'masquerade', 'sriov'] as const;

/** The rules of KubeVirt's validating webhook that a container's machine could break, each with KubeVirt's words. */
export function machineProblems(vmi: VirtualMachineInstance): Problem[] {
  const { spec, metadata } = vmi;
  return [
    ...reservedLabels(metadata.labels),
    ...memory(spec),
    ...machineType(spec),
    ...disks(spec),
    ...interfaces(spec),
    ...bootOrders(spec),
    ...probes(spec),
  ];
}

function reservedLabels(labels: Record<string, string> = {}): Problem[] {
  const found = RESERVED_LABELS.filter((label) => label in labels);
  const message = 'creation of the following reserved kubevirt.io/ labels on a VMI object is prohibited';
  return found.map((label) => ({ field: `metadata.labels.${label}`, message }));
}

function memory({ domain }: Spec): Problem[] {
  if (domain.memory?.guest || domain.memory?.hugepages || domain.resources?.requests?.memory) return [];
  const message =
    'no memory requested, at least one of domain.memory.guest, domain.memory.hugepages or domain.resources.requests.memory must be set';
  return [{ field: 'spec.domain', message }];
}

function machineType({ domain }: Spec): Problem[] {
  const field = 'spec.domain.machine.type';
  const type = domain.machine?.type ?? '';
  if (type === '' || /^(pc-)?q35/.test(type)) return [];
  return [{ field, message: `${field} is not supported: ${type} (allowed values: [q35* pc-q35*])` }];
}

function disks({ domain, volumes = [] }: Spec): Problem[] {
  const all = domain.devices.disks ?? [];
  const problems: Problem[] = [];
  for (const [index, disk] of all.entries()) {
    const field = `spec.domain.devices.disks[${index}]`;
    const bus = disk.cdrom?.bus;
    if (bus && !CDROM_BUSES.includes(bus)) {
      problems.push({ field: `${field}.cdrom.bus`, message: `Bus type ${bus} is invalid for CD-ROM device` });
    }
    if (all.findIndex(({ name }) => name === disk.name) !== index) {
      problems.push({ field: `${field}.name`, message: `${field} and another disk must not have the same Name.` });
    }
    if (!volumes.some(({ name }) => name === disk.name)) {
      problems.push({ field: `${field}.name`, message: `${field}.Name '${disk.name}' not found.` });
    }
  }
  for (const [index, { name, ...sources }] of volumes.entries()) {
    const field = `spec.domain.volumes[${index}]`;
    if (Object.keys(sources).length !== 1) {
      problems.push({ field, message: `${field} must have exactly one source type set` });
    }
    if (!all.some((disk) => disk.name === name)) {
      problems.push({ field: `${field}.name`, message: `${field}.name '${name}' not found.` });
    }
  }
  return problems;
}

function interfaces({ domain, networks = [] }: Spec): Problem[] {
  const all = domain.devices.interfaces ?? [];
  const problems: Problem[] = [];
  for (const [index, nic] of all.entries()) {
    const field = `spec.domain.devices.interfaces[${index}]`;
    const network = networks.find(({ name }) => name === nic.name);
    if (!network) problems.push({ field: `${field}.name`, message: `${field}.name '${nic.name}' not found.` });
    if (BINDINGS.filter((binding) => nic[binding]).length !== 1) {
      problems.push({ field, message: `logical ${nic.name} interface must have exactly one binding` });
    }
    if (nic.masquerade && network && !network.pod) {
      problems.push({ field: `${field}.name`, message: 'Masquerade interface only implemented with pod network' });
    }
  }
  for (const [index, { name }] of networks.entries()) {
    const field = `spec.networks[${index}].name`;
    if (!all.some((nic) => nic.name === name)) problems.push({ field, message: `${field} '${name}' not found.` });
  }
  return problems;
}

function bootOrders({ domain }: Spec): Problem[] {
  const { disks: all = [], interfaces: nics = [] } = domain.devices;
  const seen = new Set<number>();
  const ordered = [
    ...all.map(({ bootOrder }, index) => ({ field: `spec.domain.devices.disks[${index}].bootOrder`, bootOrder })),
    ...nics.map(({ bootOrder }, index) => ({ field: `spec.domain.devices.interfaces[${index}].bootOrder`, bootOrder })),
  ];
  return ordered.flatMap(({ field, bootOrder }) => {
    if (bootOrder === undefined) return [];
    if (bootOrder < 1) return [{ field, message: `${field} must have a boot order > 0, if supplied` }];
    if (seen.has(bootOrder)) return [{ field, message: `Boot order for ${field} already set for a different device.` }];
    seen.add(bootOrder);
    return [];
  });
}

function probes(spec: Spec): Problem[] {
  return (['readinessProbe', 'livenessProbe'] as const).flatMap((name) => {
    const probe = spec[name];
    if (!probe) return [];
    const count = [probe.tcpSocket, probe.httpGet, probe.exec, probe.guestAgentPing].filter(Boolean).length;
    if (count === 1) return [];
    const which = count === 0 ? 'either' : 'only one of';
    const message = `${which} spec.${name}.tcpSocket, spec.${name}.exec or spec.${name}.httpGet must be set`;
    return [{ field: `spec.${name}`, message }];
  });
}
