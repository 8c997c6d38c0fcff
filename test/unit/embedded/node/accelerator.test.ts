import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Guard } from '../../../../src/embedded/node/guard.ts';
import { guestGetsSomewhere, usableAccelerator } from '../../../../src/embedded/node/machines/accelerator.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';

test('the probe is a guest that software emulation can run', async (t) => {
  assert.equal(await guestGetsSomewhere('tcg', options(t)), true);
});

test('without a QEMU there is no hardware acceleration, and no error', async (t) => {
  assert.equal(await usableAccelerator({ ...options(t), qemu: '/no/such/program' }), 'tcg');
});

function options(t: { after(end: () => Promise<void>): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'accelerator-'));
  const guard = new Guard(folder);
  t.after(() => guard.close());
  return { qemu: 'qemu-system-x86_64', guard, clock: systemClock, folder };
}
