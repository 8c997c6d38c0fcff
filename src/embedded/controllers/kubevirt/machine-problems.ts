import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { bootOrderProblems, containerDiskProblems, diskProblems, emptyDisks, volumeProblems } from './disk-problems.ts';
import { RESERVED_LABELS } from './names.ts';
import { networkProblems } from './network-problems.ts';
import { probeProblems } from './probe-problems.ts';
import { invalid, isLabel, NO_LABEL, type Problem, required } from './problem.ts';
import { cpuProblems, memoryProblems, missingMemory } from './resource-problems.ts';

type Spec = VirtualMachineInstance['spec'];

const EVICTION_STRATEGIES = ['None', 'LiveMigrate', 'LiveMigrateIfPossible', 'External'];
const PANIC_DEVICES = ['hyperv', 'isa', 'pvpanic'];

/**
 * The rules of KubeVirt's validating webhook that a container's machine could break, in its words and order, for a
 * machine that has its defaults.
 * @param isKubeVirt whether the machine comes from one of KubeVirt's own parts
 */
export function machineProblems({ metadata, spec }: VirtualMachineInstance, isKubeVirt: boolean): Problem[] {
  return [
    // KubeVirt asks its network rules twice.
    ...networkProblems(spec),
    ...hostname(spec),
    ...memoryProblems(spec),
    ...machineType(spec),
    ...cpuProblems(spec),
    ...architecture(spec),
    ...networkProblems(spec),
    ...emptyDisks(spec),
    ...bootOrderProblems(spec),
    ...probeProblems(spec),
    ...diskProblems(spec),
    ...bootloader(spec),
    ...volumeProblems(spec),
    ...containerDiskProblems(spec),
    ...evictionStrategy(spec),
    ...panicDevices(spec),
    ...missingMemory(spec),
    ...(isKubeVirt ? [] : reservedLabels(metadata.labels)),
    ...unknownArchitecture(spec),
  ];
}

function hostname({ hostname: name }: Spec): Problem[] {
  if (!name || isLabel(name)) return [];
  return [invalid('spec.hostname', `spec.hostname does not conform to the kubernetes DNS_LABEL rules : ${NO_LABEL}`)];
}

function machineType({ domain }: Spec): Problem[] {
  const field = 'spec.domain.machine.type';
  const type = domain.machine?.type ?? '';
  if (type === '' || /^(pc-)?q35/.test(type)) return [];
  return [invalid(field, `${field} is not supported: ${type} (allowed values: [q35* pc-q35*])`)];
}

/** Every node here is of the one architecture. */
function architecture({ architecture: name }: Spec): Problem[] {
  const field = 'spec.architecture';
  const message = `MultiArchitecture feature gate is not enabled in kubevirt-config, invalid entry ${field}`;
  return name === 'amd64' ? [] : [required(field, message)];
}

function unknownArchitecture({ architecture: name = '' }: Spec): Problem[] {
  if (['amd64', 'arm64', 's390x'].includes(name)) return [];
  return [invalid('spec.architecture', `unsupported architecture: ${name}`)];
}

function bootloader({ domain }: Spec): Problem[] {
  const { bios, efi } = domain.firmware?.bootloader ?? {};
  const field = 'spec.domain.firmware.bootloader';
  const both = `${field} has both EFI and BIOS configured, but they are mutually exclusive.`;
  const isSecure = efi && efi.secureBoot !== false;
  const smm = 'spec.domain has EFI SecureBoot enabled. SecureBoot requires SMM, which is currently disabled.';
  return [
    ...(bios && efi ? [invalid(field, both)] : []),
    ...(isSecure && !domain.features?.smm?.enabled ? [invalid('spec.domain', smm)] : []),
  ];
}

function evictionStrategy({ evictionStrategy: strategy = 'None' }: Spec): Problem[] {
  const field = 'spec.evictionStrategy';
  if (EVICTION_STRATEGIES.includes(strategy)) return [];
  return [invalid(field, `${field} is set with an unrecognized option: ${strategy}`)];
}

function panicDevices({ domain }: Spec): Problem[] {
  return (domain.devices.panicDevices ?? []).flatMap(({ model }, index) => {
    if (!model || PANIC_DEVICES.includes(model)) return [];
    return [invalid(`spec.domain.devices.panicDevices[${index}].model`, `invalid PanicDeviceModel(${model})`)];
  });
}

function reservedLabels(labels: Record<string, string> = {}): Problem[] {
  if (!RESERVED_LABELS.some((label) => label in labels)) return [];
  const message = 'creation of the following reserved kubevirt.io/ labels on a VMI object is prohibited';
  return [{ reason: 'FieldValueNotSupported', field: 'metadata.labels', message }];
}
