import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateOutcome, ServerMetrics } from '../../../src/server/server-metrics.ts';
import { noServerMetrics } from '../../../src/server/server-metrics.ts';
import type { ServerInterfaceOptions } from '../../../src/server/server-options.ts';
import { VirtualizationError, type VirtualizationErrorCode } from '../../../src/virtualization/errors.ts';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  MemoryContainerBackend,
  type MemoryContainerBackendOptions,
  WARM_ISO_SHA256,
} from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { clientOf, newServer } from './server-under-test.ts';

/** What the metrics were told of CREATEs. */
function told() {
  const creates: [outcome: CreateOutcome, start: string][] = [];
  const metrics: ServerMetrics = { ...noServerMetrics, createEnded: (...[o, s]) => void creates.push([o, s]) };
  return { creates, metrics };
}

async function started(machines: MemoryContainerBackendOptions, options: ServerInterfaceOptions = {}) {
  const backend = new MemoryContainerBackend(machines);
  const { creates, metrics } = told();
  const failures: VirtualizationErrorCode[] = [];
  const tested = newServer({
    runtimeVirtualizationInterface: new VirtualizationInterface(backend),
    metrics,
    onContainerFailed: ({ code }) => failures.push(code),
    ...options,
  });
  await tested.server.startServer({ asynchronous: true });
  return {
    ...tested,
    backend,
    creates,
    failures,
    ask: clientOf(tested.server).ask,
    async [Symbol.asyncDispose]() {
      await tested[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

test('CREATE gives a warm container with its own UUID and the ISO that it booted, and DESTROY ends it', async () => {
  await using given = await started({ warm: ['good'] });
  const container = createdContainer((await given.ask('CREATE')).data);
  const [[uuid, slot] = ['', undefined]] = [...given.backend.containers];
  assert.equal(container.container_uuid, uuid);
  assert.equal(container.container_iso_sha256, WARM_ISO_SHA256);
  assert.equal(slot?.credentials?.username, container.container_username);
  const { container_uuid, client_token } = container;
  assert.equal((await given.ask('DESTROY', { container_uuid, client_token })).message, 'OK');
  await given.server.stopServer();
  assert.equal(given.backend.containers.size, 0);
  assert.deepEqual(given.creates, [['Delivered', 'warm']]);
});

test('a warm container that fails is destroyed, and the next one taken, within the same CREATE', async () => {
  await using given = await started({ slots: 3, warm: ['dead', 'refusing', 'good'] });
  const container = createdContainer((await given.ask('CREATE')).data);
  await given.server.stopServer();
  assert.deepEqual([...given.backend.containers.keys()], [container.container_uuid]);
  assert.deepEqual(given.failures, ['NodeLost', 'EndpointShellFailed']);
  assert.deepEqual(given.creates, [['Delivered', 'warm']]);
  const { fields } = await given.log.line('the next one is taken', 2);
  assert.deepEqual([fields.code, fields.start], ['EndpointShellFailed', 'warm']);
  const entries = await given.database.listEntries();
  const id = await given.database.getEntryID(container.container_uuid, container.client_token);
  assert.deepEqual(entries, [[id, entries[0]?.[1]]]);
  assert.equal(given.server.getRuntimeStatistics()[1], 0);
});

test('when no warm container is left that works, a cold one is started', async () => {
  await using given = await started({ slots: 3, warm: ['dead', 'dead'] });
  const container = createdContainer((await given.ask('CREATE')).data);
  await given.server.stopServer();
  assert.equal(container.container_iso_sha256, given.backend.isoSha256);
  assert.deepEqual(given.creates, [['Delivered', 'cold']]);
  assert.equal(given.backend.claimed, 3);
});

test('a cold container that fails ends the CREATE, and no warm one is tried after it', async () => {
  const boot = async () => {
    given.backend.warm.push('good');
    throw new VirtualizationError('ImagePullFailed', 'no image');
  };
  await using given = await started({ slots: 3, boot });
  assert.equal((await given.ask('CREATE')).message, 'Unavailable');
  assert.deepEqual(given.creates, [['ImagePullFailed', 'cold']]);
  assert.deepEqual(given.failures, ['ImagePullFailed']);
  assert.equal(given.backend.containers.size, 0);
  assert.deepEqual(await given.database.listEntries(), []);
});

test('one CREATE does not use up all warm containers where they fail alike', async () => {
  await using given = await started({ slots: 8, warm: Array.from({ length: 8 }, () => 'dead' as const) });
  assert.equal((await given.ask('CREATE')).message, 'Unavailable');
  await given.server.stopServer();
  assert.equal(given.failures.length, 5);
  assert.deepEqual(given.creates, [['NodeLost', 'warm']]);
});

test('a warm container that hangs is given up in time for another one', async () => {
  const clock = new FakeClock();
  await using given = await started({ warm: ['hanging', 'good'] }, { clock, startTimeout: 30 });
  const claimed = given.log.line('warm container failed');
  const answer = given.ask('CREATE');
  while (given.backend.claimed === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(9_999);
  assert.equal(given.backend.claimed, 1);
  await clock.advance(1);
  assert.equal((await claimed).fields.code, 'StartTimeout');
  assert.equal((await answer).success, true);
});

test('all warm containers that are tried share the time of the CREATE', async () => {
  const clock = new FakeClock();
  const warm = Array.from({ length: 5 }, () => 'hanging' as const);
  await using given = await started({ slots: 6, warm }, { clock, startTimeout: 30 });
  const answer = given.ask('CREATE');
  for (const count of [1, 2]) {
    while (given.backend.claimed < count) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(10_000);
    await given.log.line('warm container failed', count);
  }
  while (given.backend.claimed < 3) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(10_000);
  assert.equal((await answer).message, 'Unavailable');
  assert.equal(given.backend.claimed, 3);
  assert.equal(given.backend.containers.size, 0);
  assert.equal(given.creates[0]?.[0], 'StartTimeout');
});

test('a stopping server gives a warm claim up when the grace is over, and leaves those that nobody claimed', async () => {
  const clock = new FakeClock();
  const log = new RecordedLog();
  await using given = await started({ slots: 3, warm: ['hanging', 'good'] }, { clock, log, stopGrace: 5 });
  const answer = assert.rejects(given.ask('CREATE'));
  while (given.backend.claimed === 0) await new Promise((resolve) => setImmediate(resolve));
  const stopped = given.server.stopServer();
  await clock.advance(5_000);
  await Promise.all([stopped, answer]);
  assert.equal(given.backend.containers.size, 0);
  assert.deepEqual(given.backend.warm, ['good']);
  assert.deepEqual(given.creates, [['ClientLeft', 'warm']]);
});

const answers: Record<VirtualizationErrorCode, string> = {
  NoFreeSlot: 'Unavailable',
  QuotaExceeded: 'Unavailable',
  MachineRefused: 'Unavailable',
  ImagePullFailed: 'Unavailable',
  Unschedulable: 'Unavailable',
  NodeLost: 'Unavailable',
  StartFailed: 'Unavailable',
  StartTimeout: 'Unavailable',
  EndpointShellFailed: 'Internal error',
};
for (const [name, message] of Object.entries(answers)) {
  test(`a container that cannot be had for ${name} is answered ${message}, logged, and counted by its code`, async () => {
    const code = name as VirtualizationErrorCode;
    const boot = async () => {
      throw new VirtualizationError(code, 'why');
    };
    await using given = await started({ boot });
    assert.deepEqual(await given.ask('CREATE'), { success: false, message, data: {} });
    assert.equal((await given.log.line('no container was created')).fields.code, code);
    assert.deepEqual(given.creates, [[code, 'cold']]);
    assert.deepEqual(given.failures, [code]);
    assert.equal(given.server.getRuntimeStatistics()[1], message === 'Unavailable' ? 0 : 1);
  });
}
