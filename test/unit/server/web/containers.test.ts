import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebClientInterface } from '../../../../src/client/web-client-interface.ts';
import { MemoryDatabase } from '../../../../src/server/database/memory-database.ts';
import { EventRoutines } from '../../../../src/server/events/event-routines.ts';
import { createHandler } from '../../../../src/server/handlers/create.ts';
import { destroyHandler } from '../../../../src/server/handlers/destroy.ts';
import { VirtualizationInterface } from '../../../../src/virtualization/virtualization-interface.ts';
import { createdContainer } from '../../../../src/wire/response.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../../support/memory-container-backend.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { refused, startWebServer } from './fixture.ts';

async function startContainerServer(backend: MemoryContainerBackend) {
  const common = {
    virtualization: new VirtualizationInterface(backend),
    database: new MemoryDatabase(),
    events: new EventRoutines(),
    clock: new FakeClock(),
    log: new RecordedLog(),
    onBadToken: () => undefined,
  };
  const handlers = { CREATE: createHandler({ ...common, startTimeout: 60 }), DESTROY: destroyHandler(common) };
  const web = await startWebServer({ handlers, context: { events: common.events } });
  const client = new WebClientInterface({ serverIp: '127.0.0.1', serverListenPort: web.port });
  return { web, client, log: common.log };
}

test('a container is created and destroyed over HTTP', async () => {
  await using backend = new MemoryContainerBackend();
  const { web, client } = await startContainerServer(backend);
  await using _ = web;
  const { data, success } = await client.sendRequest('CREATE');
  assert.equal(success, true);
  const { container_uuid, client_token } = createdContainer(data);
  assert.deepEqual([...backend.containers.keys()], [container_uuid]);
  const wrong = await client.sendRequest('DESTROY', { container_uuid, client_token: 'x'.repeat(255) });
  assert.deepEqual(wrong, refused('Bad authentication'));
  assert.equal((await client.sendRequest('DESTROY', { container_uuid, client_token })).success, true);
  assert.equal(backend.containers.size, 0);
});

test('a client that leaves while its container starts leaves none behind', async () => {
  const reached = Promise.withResolvers<void>();
  const boot = (signal: AbortSignal) => {
    reached.resolve();
    return new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  await using backend = new MemoryContainerBackend({ boot });
  const { web, client, log } = await startContainerServer(backend);
  await using _ = web;
  const controller = new AbortController();
  const creating = assert.rejects(client.sendRequest('CREATE', {}, controller.signal), { name: 'AbortError' });
  await reached.promise;
  assert.equal(backend.containers.size, 1);
  controller.abort();
  await creating;
  await log.line('undelivered container destroyed');
  assert.equal(backend.containers.size, 0);
  assert.deepEqual(web.errors, []);
});
