import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../runtime/clock.ts';
import type { Guard } from '../guard.ts';
import { SERIAL_FD } from './machine-arguments.ts';

/** Where KVM works, the guest is done after a tenth of a second. */
const PROBE_MS = 1_000;

/**
 * A boot sector that counts down from five million, once through an instruction that poor emulations lack, and then says
 * `K` on port 0xe9: mov ecx,5000000; bswap eax; dec ecx; jnz; mov al,'K'; out 0xe9,al; cli; hlt; jmp back.
 */
const BOOT_SECTOR = Buffer.from('66b9404b4c00660fc8664975fcb04be6e9faf4ebfd', 'hex');
const SECTOR_SIZE = 512;
const DISK_SIZE = 1 << 20;

interface ProbeOptions {
  qemu: string;
  guard: Guard;
  clock: Clock;
  /** For the guest's disk. */
  folder: string;
}

/**
 * Whether machines can run on KVM here. The device file says little: inside another virtual machine it may be there and
 * fail, or be slower than software. So a guest is started, and it must get somewhere in time.
 */
export async function usableAccelerator(options: ProbeOptions): Promise<'kvm' | 'tcg'> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  return (await guestGetsSomewhere('kvm', options)) ? 'kvm' : 'tcg';
}

function bootDisk(): Buffer {
  const disk = Buffer.alloc(DISK_SIZE);
  BOOT_SECTOR.copy(disk);
  disk.writeUInt16LE(0xaa55, SECTOR_SIZE - 2);
  return disk;
}

/** Starts a small guest; resolves with whether it came to its end in time. */
export async function guestGetsSomewhere(accelerator: 'kvm' | 'tcg', options: ProbeOptions): Promise<boolean> {
  const { qemu, guard, clock, folder } = options;
  const disk = join(folder, 'accelerator-probe.img');
  await writeFile(disk, bootDisk());
  const hardware = ['-machine', 'q35', '-accel', accelerator, '-m', '32M', '-display', 'none', '-vga', 'none'];
  const drive = ['-drive', `if=virtio,file=${disk.replaceAll(',', ',,')},format=raw,readonly=on`];
  const port = ['-chardev', `socket,id=port,fd=${SERIAL_FD}`, '-device', 'isa-debugcon,iobase=0xe9,chardev=port'];
  const args = ['-nodefaults', '-no-user-config', ...hardware, ...drive, ...port];
  const child = spawn(qemu, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true });
  guard.watch(child);
  let spoke = false;
  const cancel = clock.after(PROBE_MS, () => child.kill('SIGKILL'));
  const said = child.stdio[SERIAL_FD] as Readable;
  said.on('error', () => undefined);
  said.on('data', () => {
    spoke = true;
    child.kill('SIGKILL');
  });
  await new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()));
  cancel();
  return spoke;
}
