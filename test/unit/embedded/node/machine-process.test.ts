import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Guard } from '../../../../src/embedded/node/guard.ts';
import { LogBuffer } from '../../../../src/embedded/node/log-buffer.ts';
import { bannerProbe } from '../../../../src/embedded/node/machines/banner-probe.ts';
import { machineArguments } from '../../../../src/embedded/node/machines/machine-arguments.ts';
import { MachineProcess } from '../../../../src/embedded/node/machines/machine-process.ts';
import { machine } from './machine-fixture.ts';

// Real-mode code that says `up` on the serial port.
const SAY_UP = 'baf803b075eeb070eeb00aee';
// Writes the ACPI register that switches the machine off.
const POWER_OFF = 'ba0406b80020ef';
const RESET = 'b0fee664';
const HALT = 'faf4ebfd';

const ADDRESS = '10.244.251.1';

test('a guest that switches itself off has ended by itself, and what it said on its console is kept', async (t) => {
  const { process, console } = start(t, SAY_UP + POWER_OFF + HALT);
  // It may be over before it is asked.
  await process.running().catch(() => undefined);
  assert.deepEqual(await process.ended, { how: 'guest' });
  assert.match(console.tail(), /up/);
});

test('a guest that restarts ends where its machine says so', async (t) => {
  const vmi = machine();
  vmi.spec.domain.rebootPolicy = 'Terminate';
  const { process } = start(t, RESET + HALT, vmi);
  assert.deepEqual(await process.ended, { how: 'guest' });
});

test('a machine that is killed was stopped, not crashed; its forwarded port accepts, but nothing speaks', async (t) => {
  const { process, console } = start(t, SAY_UP + HALT);
  await process.running();
  for await (const text of console.follow(undefined, AbortSignal.timeout(10_000))) if (text.includes('up')) break;
  const socket = connect({ host: '127.244.251.1', port: 2022 });
  await once(socket, 'connect');
  socket.destroy();
  const problem = await bannerProbe({ host: '127.244.251.1', port: 2022 }, AbortSignal.timeout(300));
  assert.equal(problem, 'the guest did not answer in time');
  process.kill();
  assert.deepEqual(await process.ended, { how: 'stopped' });
});

test('a QEMU that does not start is a crash, with what it said', async (t) => {
  const { process } = start(t, HALT, machine(), ['-device', 'no-such-device']);
  process.running().catch(() => undefined);
  const end = await process.ended;
  assert.equal(end.how, 'crashed');
  assert.match(end.how === 'crashed' ? end.message : '', /no-such-device/);
});

function start(t: { after(end: () => Promise<void>): void }, code: string, vmi = machine(), extra: string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'));
  const guard = new Guard(folder);
  t.after(() => guard.close());
  const disk = join(folder, 'boot.img');
  writeFileSync(disk, bootDisk(code));
  const disks = new Map([['iso', disk]]);
  vmi.spec.domain.devices.disks = [{ name: 'iso', bootOrder: 1, disk: { bus: 'virtio' } }];
  vmi.spec.domain.memory = { guest: '32Mi' };
  vmi.spec.domain.devices.interfaces = [
    { name: 'default', masquerade: {}, ports: [{ name: 'ssh', port: 2022, protocol: 'TCP' }] },
  ];
  const setting = { podAddress: ADDRESS, shift: false, accelerator: 'tcg', disks } as const;
  const console = new LogBuffer(10_000);
  const args = [...machineArguments(vmi, setting), ...extra];
  return { process: MachineProcess.start({ qemu: 'qemu-system-x86_64', args, console, guard }), console };
}

/** A disk whose first sector the firmware starts. */
function bootDisk(code: string): Buffer {
  const disk = Buffer.alloc(1 << 20);
  Buffer.from(code, 'hex').copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}
