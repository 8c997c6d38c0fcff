import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import pino from 'pino';
import { LABEL_STATE } from '../../../../src/api/names.ts';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import { EndpointSlice, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { RecordingTracer } from '../../../../src/observability/tracing/recording-tracer.ts';
import type { SpanRecord } from '../../../../src/observability/tracing/span-record.ts';
import { StuckContainers } from '../../../../src/operator/containers/stuck.ts';
import type { Caches } from '../../../../src/operator/context.ts';
import { reconcileContainer } from '../../../../src/operator/reconcile-container.ts';
import { Refusals } from '../../../../src/operator/refusals.ts';
import { systemClock as clock } from '../../../../src/runtime/system-clock.ts';
import type { Tracer } from '../../../../src/runtime/tracing.ts';
import { ANNOTATION_TRACEPARENT } from '../../../../src/virtualization/kubevirt/trace-annotation.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { type ClaimFixture, claimOf, soon, startClaims, UP, warmClaim } from '../../virtualization/claim-fixture.ts';

const log = pino({ level: 'silent' });
const credentials = { username: 'user_12345', password: 'p'.repeat(120), hostKeyFingerprint: 'SHA256:A' };
const nameOf = (port: number) => ({ namespace: 'default', name: `lab-${port}` });

function recording(sampleRatio = 1) {
  const spans: SpanRecord[] = [];
  return { spans, tracer: new RecordingTracer({ clock, sampleRatio, sink: (span) => void spans.push(span) }) };
}

const traced = (claims: ClaimFixture, tracer: Tracer) => claims.pod({ tracer } as object);

/** What an operator makes of a container, as it is stored now. */
async function reconcile({ kube }: ClaimFixture, port: number, tracer: Tracer): Promise<void> {
  const { metadata, ...server } = sampleServer();
  const servers = new ObjectStore<AnweddolServer>({ log });
  servers.replace([{ ...server, metadata: { ...metadata, namespace: 'default', uid: 'server-uid' } }]);
  const machines = new ObjectStore<VirtualMachineInstance>({ log });
  machines.replace((await kube.list(VirtualMachineInstance, { namespace: 'default' })).items);
  const slices = new ObjectStore<EndpointSlice>({ log });
  slices.replace((await kube.list(EndpointSlice, { namespace: 'default' })).items);
  const caches = { servers, machines, slices } as unknown as Caches;
  const run = { refusals: new Refusals(clock), stuck: new StuckContainers(), events: { event: () => undefined } };
  await reconcileContainer(`default/lab-${port}`, { kube, clock, log, caches, tracer, ...run }, soon());
}

test('the trace of a CREATE goes on in the operator, from the way in to the end', async () => {
  await using claims = await startClaims(1);
  const { kube } = claims;
  const [pod, operator] = [recording(), recording(0)];
  const { backend, machines } = await traced(claims, pod.tracer);
  const claim = claimOf(randomUUID());
  const record = await pod.tracer.trace('CREATE', clock.now(), async () => {
    const claimed = await pod.tracer.span('claim', () => backend.claim(claim, soon()));
    await kube.mergePatch(VirtualMachineInstance, nameOf(claimed.listenPort), { status: UP });
    await backend.started(claimed, soon());
    const isReady = machines.waitFor(
      (store) => store.list()[0]?.metadata.labels?.[LABEL_STATE] === 'ready' || undefined,
      soon(),
    );
    const handedOver = backend.handOver(claimed, credentials, soon());
    await isReady;
    await reconcile(claims, claimed.listenPort, operator.tracer);
    await handedOver;
    return claimed;
  });
  assert.deepEqual(
    pod.spans.map(({ name }) => name),
    ['claim', 'boot', 'secret', 'ready', 'slice', 'CREATE'],
  );

  // Nothing is new for the operator, and then the system of the container ends.
  await reconcile(claims, record.listenPort, operator.tracer);
  await kube.mergePatch(VirtualMachineInstance, nameOf(record.listenPort), { status: { phase: 'Succeeded' } });
  await reconcile(claims, record.listenPort, operator.tracer);

  const create = pod.spans.at(-1);
  const uuid = { 'anweddol.container.uuid': claim.uuid };
  assert.deepEqual(
    operator.spans.map(({ name, attributes, traceId, parentId }) => [name, attributes, traceId, parentId]),
    [
      ['open-way-in', uuid],
      ['close-way-in', uuid],
      ['end', { ...uuid, 'anweddol.container.reason': 'Finished' }],
    ].map((span) => [...span, create?.traceId, create?.spanId]),
  );
});

test('a warm container that is claimed joins the trace of the claim', async () => {
  await using claims = await startClaims(1);
  await claims.warm(10_000);
  const { spans, tracer } = recording();
  const { backend } = await traced(claims, tracer);
  const record = await tracer.trace('CREATE', clock.now(), () => backend.claimWarm(warmClaim, soon()));
  assert.ok(record);
  const vmi = await claims.kube.get(VirtualMachineInstance, nameOf(10_000));
  const [create] = spans;
  assert.equal(vmi?.metadata.annotations?.[ANNOTATION_TRACEPARENT], `00-${create?.traceId}-${create?.spanId}-01`);
});

test('a container has no trace where none is recorded, and the operator records none of it', async () => {
  await using claims = await startClaims(1);
  const [pod, operator] = [recording(0), recording()];
  const { backend } = await traced(claims, pod.tracer);
  const record = await pod.tracer.trace('CREATE', clock.now(), () => backend.claim(claimOf(randomUUID()), soon()));
  const vmi = await claims.kube.get(VirtualMachineInstance, nameOf(record.listenPort));
  assert.equal(vmi?.metadata.annotations?.[ANNOTATION_TRACEPARENT], undefined);
  await claims.kube.mergePatch(VirtualMachineInstance, nameOf(record.listenPort), { status: { phase: 'Failed' } });
  await reconcile(claims, record.listenPort, operator.tracer);
  assert.equal(await claims.kube.get(VirtualMachineInstance, nameOf(record.listenPort)), undefined);
  assert.deepEqual([pod.spans, operator.spans], [[], []]);
});

test('the end of what was in the slot before is no part of the next trace', async () => {
  await using claims = await startClaims(1);
  const { kube } = claims;
  const [pod, operator] = [recording(), recording()];
  const { backend } = await traced(claims, pod.tracer);
  const record = await pod.tracer.trace('CREATE', clock.now(), () => backend.claim(claimOf(randomUUID()), soon()));
  const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', uid: 'the-one-before' };
  const metadata = { ...nameOf(record.listenPort), ownerReferences: [{ ...owner, name: 'lab' }] };
  const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4' };
  await kube.create(EndpointSlice, { ...slice, endpoints: [{ addresses: ['10.244.9.8'] }] } as EndpointSlice);
  await reconcile(claims, record.listenPort, operator.tracer);
  assert.equal(await kube.get(EndpointSlice, nameOf(record.listenPort)), undefined);
  assert.deepEqual(operator.spans, []);
});
