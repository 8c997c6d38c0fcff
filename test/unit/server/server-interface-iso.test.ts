import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ContainerClaim } from '../../../src/virtualization/container-backend.ts';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { clientOf, newServer } from './server-under-test.ts';

/** As short as an ISO 9660 image can be and still have its mark. */
function image(mark = 'CD001'): Buffer {
  const bytes = Buffer.alloc(17 * 2048);
  bytes.write(`\u0001${mark}`, 16 * 2048, 'latin1');
  return bytes;
}

async function file(t: TestContext, content: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'iso-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'container.iso'), content);
  return join(folder, 'container.iso');
}

class ClaimingBackend extends MemoryContainerBackend {
  readonly claims: ContainerClaim[] = [];

  override claim(claim: ContainerClaim, signal: AbortSignal) {
    this.claims.push(claim);
    return super.claim(claim, signal);
  }
}

test('containers boot from the ISO of the server, and CREATE tells its SHA-256', async (t) => {
  await using backend = new ClaimingBackend();
  const containerIsoPath = await file(t, image());
  const runtimeVirtualizationInterface = new VirtualizationInterface(backend);
  await using tested = newServer({ containerIsoPath, runtimeVirtualizationInterface });
  await tested.server.startServer({ asynchronous: true });
  const { container_iso_sha256 } = createdContainer((await clientOf(tested.server).ask('CREATE')).data);
  assert.equal(container_iso_sha256, createHash('sha256').update(image()).digest('hex'));
  assert.deepEqual(
    backend.claims.map(({ isoPath }) => isoPath),
    [containerIsoPath],
  );
});

test('an ISO that is missing, too short or no ISO image keeps the server from starting', async (t) => {
  const refused = [
    { path: '/nonexistent/container.iso', message: /cannot be read: ENOENT/ },
    { path: '/tmp', message: /cannot be read: EISDIR/ },
    { path: await file(t, Buffer.from('CD001')), message: /is not an ISO 9660 image$/ },
    { path: await file(t, image('CD002')), message: /is not an ISO 9660 image$/ },
  ];
  for (const { path, message } of refused) {
    await using tested = newServer({ containerIsoPath: path });
    await assert.rejects(tested.server.startServer(), { name: 'ValueError', code: 'BadIso', message });
    assert.equal(tested.server.getRuntimeStatistics()[0], false);
  }
});

test('a server whose ISO was missing can be started when it is there', async (t) => {
  const containerIsoPath = await file(t, Buffer.alloc(0));
  await using tested = newServer({ containerIsoPath });
  await assert.rejects(tested.server.startServer(), { code: 'BadIso' });
  await writeFile(containerIsoPath, image());
  await tested.server.startServer({ asynchronous: true });
  assert.equal((await clientOf(tested.server).ask('CREATE')).success, true);
});
