import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { REASONS } from '../../../../src/api/reasons.ts';
import { ServerSettings } from '../../../../src/api/server-settings.ts';
import { eventSink } from '../../../../src/kube/event-sink.ts';
import type { Event, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { containerEvents } from '../../../../src/main/server/container-events.ts';
import { KubeVirtBackend } from '../../../../src/virtualization/kubevirt/kubevirt-backend.ts';
import { VirtualizationInterface } from '../../../../src/virtualization/virtualization-interface.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { up } from '../../operator/pool/pool-fixture.ts';
import { PoolOperator, soon } from '../../operator/pool/pool-operator.ts';

const CLIENT = 'c11e47f';
const TOKEN = 'token of the client';
const credentials = { username: 'user_12345', password: 'p'.repeat(120), hostKeyFingerprint: 'SHA256:A' };
const running = { ...up, interfaces: [{ name: 'default', ipAddress: '10.244.9.9' }] };

let operator: PoolOperator;
before(async () => {
  operator = await PoolOperator.start();
});
after(() => operator[Symbol.asyncDispose]());

/** A server with its machines, and one pod of it. */
async function serve(name: string, warm: number) {
  const { kube, caches, clock } = operator.harness;
  await operator.serve(name, { warm });
  const stored = await caches.configMaps.waitFor((store) => store.get(`default/${name}-settings`), soon());
  const settings = { current: ServerSettings.parse(JSON.parse(stored.data?.['settings.json'] ?? '')) };
  const log = new RecordedLog();
  const sink = eventSink(kube, { controller: 'anweddol.io/server', instance: 'pod' });
  const given = { kube, settings, machines: caches.machines, slices: caches.slices, clock, log };
  const onStep = containerEvents({ sink, settings: settings.current, clock, log, signal: soon() });
  const backend = new KubeVirtBackend({ ...given, endpointPassword: 'endpoint', random: () => 0, onStep });
  const virtualization = new VirtualizationInterface(backend);
  return {
    create: () => virtualization.createContainer({ clientId: CLIENT, tokenFor: async () => TOKEN }, soon()),
    machine: async () => (await operator.until(name, undefined, 1))[0] as VirtualMachineInstance,
  };
}

/** The reasons of the Events on a machine once the last one is there, in the order of time. */
/** Nobody waits for an Event to be written, so the last may be seen before another. */
async function story({ metadata }: VirtualMachineInstance, last: string, length: number): Promise<Event[]> {
  await operator.event(last, metadata);
  const ofIt = () => operator.events.list().filter(({ regarding }) => regarding?.uid === metadata.uid);
  const all = await operator.events.waitFor(() => (ofIt().length >= length ? ofIt() : undefined), soon());
  return all.toSorted((a, b) => ((a.eventTime ?? '') < (b.eventTime ?? '') ? -1 : 1));
}

const reasons = (events: Event[]) => events.map(({ reason }) => reason);

test('the Events of a container that was booted ahead tell its story, and nothing of its client', async () => {
  const { create, machine } = await serve('warm', 1);
  const vmi = await machine();
  await operator.becomes(vmi, running);
  await operator.until('warm', 'warm', 1);
  const container = await create();
  assert.ok(container.isWarm());
  await container.handOver(credentials, soon());
  await container.delivered(soon());
  await operator.event('Delivered', vmi.metadata);
  await operator.becomes(vmi, { phase: 'Succeeded' });
  const events = await story(vmi, 'Finished', 6);
  assert.deepEqual(reasons(events), ['Booting', 'Warm', 'Claimed', 'SetUp', 'Delivered', 'Finished']);
  const text = JSON.stringify(events);
  const secrets = [CLIENT, TOKEN, credentials.password, credentials.username, container.getUUID(), '10.244'];
  for (const secret of secrets) assert.ok(!text.includes(secret), secret);
  assert.deepEqual(
    events.map(({ note }) => note),
    events.map(({ reason }) => REASONS[reason as keyof typeof REASONS].means),
  );
});

for (const [how, last] of [
  ['its client destroys', 'Destroyed'],
  ['its client never takes', 'Undelivered'],
] as const) {
  test(`the Events of a container that was made when it was asked for, and that ${how}, end with ${last}`, async () => {
    const name = last.toLowerCase();
    const { create, machine } = await serve(name, 0);
    const container = await create();
    const vmi = await machine();
    await operator.becomes(vmi, running);
    await container.handOver(credentials, soon());
    if (last === 'Destroyed') await container.delivered(soon());
    await container.stopDomain(soon());
    const told = ['Claimed', 'SetUp', ...(last === 'Destroyed' ? ['Delivered'] : []), last];
    assert.deepEqual(reasons(await story(vmi, last, told.length)), told);
  });
}

test('an Event that is refused is logged and disturbs nothing', async () => {
  const log = new RecordedLog();
  const sink = { create: () => Promise.reject(new Error('no')) };
  const settings = { server: { name: 'lab', namespace: 'default', uid: 'uid' } };
  const tell = containerEvents({ sink, settings, clock: operator.harness.clock, log, signal: soon() });
  tell('Claimed', { uuid: randomUUID(), listenPort: 10_000, instanceId: 'x', clientTokenSha256: '' });
  assert.equal((await log.line('Event of a container was not created')).level, 'warn');
});
