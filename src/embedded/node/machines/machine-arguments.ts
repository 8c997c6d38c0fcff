import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { hostAddress } from '../host-address.ts';
import { quantityBytes } from './quantity.ts';

export interface MachineSetting {
  podAddress: string;
  /** @see hostAddress */
  shift: boolean;
  accelerator: 'kvm' | 'tcg';
  /** Disk files by the name of the machine's volume. */
  disks: ReadonlyMap<string, string>;
  /** QEMU gives up its rights for this user once it has opened its files and ports. */
  runAs?: string | undefined;
}

/** The descriptor on which QEMU finds the other end of the serial console. */
export const SERIAL_FD = 3;

type Devices = VirtualMachineInstance['spec']['domain']['devices'];
type Disk = NonNullable<Devices['disks']>[number];
type Interface = NonNullable<Devices['interfaces']>[number];

/**
 * The command line of QEMU for a machine's spec. Machine type, memory, processors, UUID, cdrom, network card and boot order
 * are the ones that KubeVirt would give it; the network is QEMU's own user-mode network, laid out like KubeVirt's masquerade.
 * @throws RangeError when the spec asks for what this node has not
 */
export function machineArguments(vmi: VirtualMachineInstance, setting: MachineSetting): string[] {
  const { domain } = vmi.spec;
  const { devices } = domain;
  const { sockets = 1, cores = 1, threads = 1 } = domain.cpu ?? {};
  const memory = domain.memory?.guest ?? domain.resources?.requests?.memory;
  const mebibytes = Math.ceil(quantityBytes(String(memory)) / 2 ** 20);
  return [
    ...['-name', vmi.metadata.name, '-nodefaults', '-no-user-config'],
    ...['-machine', `${domain.machine?.type ?? 'q35'},vmport=off`, ...accelerator(setting.accelerator)],
    ...[
      '-m',
      `${mebibytes}M`,
      '-smp',
      `${sockets * cores * threads},sockets=${sockets},cores=${cores},threads=${threads}`,
    ],
    ...(domain.firmware?.uuid ? ['-uuid', domain.firmware.uuid] : []),
    ...['-rtc', 'base=utc,driftfix=slew', '-global', 'kvm-pit.lost_tick_policy=delay'],
    ...['-display', 'none', '-vga', devices.autoattachGraphicsDevice === false ? 'none' : 'std'],
    // Control comes over standard input and output; the console over a socket that this node reads, so that it is bounded.
    ...['-chardev', 'stdio,id=control,signal=off', '-mon', 'chardev=control,mode=control'],
    ...['-chardev', `socket,id=console,fd=${SERIAL_FD}`, '-serial', 'chardev:console'],
    ...(devices.disks ?? []).flatMap((disk, index) => diskArguments(disk, index, setting)),
    ...(devices.interfaces ?? []).flatMap((nic) => interfaceArguments(nic, setting)),
    ...(devices.rng ? ['-device', 'virtio-rng-pci'] : []),
    ...(devices.panicDevices?.length ? ['-device', 'pvpanic', '-action', 'panic=shutdown'] : []),
    ...(domain.rebootPolicy === 'Terminate' ? ['-no-reboot'] : []),
    ...confinement(setting.runAs),
  ];
}

function accelerator(kind: MachineSetting['accelerator']): string[] {
  return kind === 'kvm' ? ['-accel', 'kvm', '-cpu', 'host'] : ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max'];
}

/** QEMU can't drop its rights under a filter that forbids to change them, so it is one or the other. */
function confinement(runAs: string | undefined): string[] {
  const filter = 'on,obsolete=deny,spawn=deny,resourcecontrol=deny';
  return runAs ? ['-sandbox', filter, '-runas', runAs] : ['-sandbox', `${filter},elevateprivileges=deny`];
}

function diskArguments(disk: Disk, index: number, { disks }: MachineSetting): string[] {
  const file = disks.get(disk.name);
  if (!file) throw new RangeError(`volume ${disk.name} is of a type that this node has not`);
  const boot = disk.bootOrder ? `,bootindex=${disk.bootOrder}` : '';
  // Every machine reads the same image; what a disk is written to is thrown away with the machine.
  const drive = ['-drive', `if=none,id=drive-${disk.name},file=${escaped(file)},format=raw,readonly=on`];
  if (disk.cdrom) {
    if (disk.cdrom.bus && disk.cdrom.bus !== 'sata')
      throw new RangeError(`cdrom bus ${disk.cdrom.bus} is not to be had`);
    return [...drive, '-device', `ide-cd,bus=ide.${index},drive=drive-${disk.name}${boot}`];
  }
  const scratch = `if=none,id=drive-${disk.name},file=${escaped(file)},format=raw,snapshot=on`;
  return ['-drive', scratch, '-device', `virtio-blk-pci,drive=drive-${disk.name}${boot}`];
}

/**
 * `restrict=on` keeps the guest from this host, its network and every other guest: it can answer the ports that are
 * forwarded to it and nothing else. On a real cluster the NetworkPolicies decide that.
 */
function interfaceArguments(nic: Interface, { podAddress, shift }: MachineSetting): string[] {
  const forwards = (nic.ports ?? []).map((port) => {
    const to = hostAddress(podAddress, port.port, { shift });
    return `,hostfwd=tcp:${to.host}:${to.port}-:${port.port}`;
  });
  const network = 'restrict=on,net=10.0.2.0/24,host=10.0.2.1,dns=10.0.2.3,dhcpstart=10.0.2.2';
  const model = nic.model === 'e1000e' || nic.model === 'e1000' ? nic.model : 'virtio-net-pci';
  // Without its boot ROM the card costs no time at start.
  return [
    '-netdev',
    `user,id=${nic.name},${network}${forwards.join('')}`,
    '-device',
    `${model},netdev=${nic.name},romfile=`,
  ];
}

/** A comma ends a value of QEMU's, unless it is doubled. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
