/**
 * What an operator writes when there is nothing to do: on a converged state for a minute, and after its restart on that
 * state. Prints JSON, and ends with 1 unless both are 0. On the real control plane when CONTROL_PLANE names one, else in
 * memory. Of the servers every second one has quantities that an API server writes differently.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { AnweddolServer } from '../../src/api/resources.ts';
import { machineDefinition } from '../../src/embedded/controllers/kubevirt/machine-definition.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import type { ObjectName, Raw, Resource } from '../../src/kube/objects.ts';
import { CustomResourceDefinition, Namespace, Pod, VirtualMachineInstance } from '../../src/kube/resources.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../src/main/demo/manifests.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { startCaches } from '../../src/operator/caches.ts';
import { runOperator } from '../../src/operator/run-operator.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { IN_MEMORY, PLANES } from '../support/planes.ts';

const SERVERS = Number(process.env.SERVERS ?? 10);
const IDLE_MS = Number(process.env.IDLE_SECONDS ?? 60) * 1000;
/** So long without a write is converged, unless writes never end. */
const QUIET_MS = 5_000;
const PATIENCE_MS = 180_000;
const DIGEST = 'ab'.repeat(32);

const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
const plane = PLANES.find(({ skip, shared }) => !skip && shared) ?? IN_MEMORY;
const namespace = `idle-${randomBytes(4).toString('hex')}`;

/** What was written, by kind and the kind of call, and when last. */
class Writes {
  readonly counts: Record<string, number> = {};
  lastAt = clock.elapsed();

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  note(verb: string, { kind }: Resource, options: { dryRun?: boolean; subresource?: string } = {}): void {
    if (options.dryRun) return;
    const what = [verb, kind, options.subresource].filter(Boolean).join(' ');
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    this.lastAt = clock.elapsed();
  }
}

/** A client that notes each write before it is sent. */
function noting(kube: KubeClient, writes: () => Writes): KubeClient {
  return {
    ...kube,
    create: (resource, object, options) => {
      writes().note('create', resource, options);
      return kube.create(resource, object, options);
    },
    replace: (resource, object, options) => {
      writes().note('replace', resource, options);
      return kube.replace(resource, object, options);
    },
    apply: (resource, object, options) => {
      writes().note('apply', resource, options);
      return kube.apply(resource, object, options);
    },
    jsonPatch: (resource, name, operations, options) => {
      writes().note('patch', resource, options);
      return kube.jsonPatch(resource, name, operations, options);
    },
    mergePatch: (resource, name, patch, options) => {
      writes().note('patch', resource, options);
      return kube.mergePatch(resource, name, patch, options);
    },
    delete: (resource, name, options) => {
      writes().note('delete', resource, options);
      return kube.delete(resource, name, options);
    },
  };
}

/** An operator of its own, with caches of its own. */
function startOperator(kube: KubeClient) {
  const stop = new AbortController();
  const { signal } = stop;
  const metrics = createMetrics();
  let reconciles = 0;
  const { reconciled } = metrics.controller;
  const controller = {
    ...metrics.controller,
    reconciled(...told: Parameters<typeof reconciled>) {
      reconciles += 1;
      reconciled(...told);
    },
  };
  const caches = startCaches({ kube, clock, log, signal, namespaces: [namespace] });
  const running = runOperator({ kube, caches, clock, log, defaultImage: 'operator:1' }, signal, {
    metrics: { ...metrics, controller },
  });
  return {
    caches,
    reconciles: () => reconciles,
    async stop() {
      stop.abort();
      await running;
    },
  };
}

/** Without KubeVirt's type no server gets a Deployment. @returns what takes it away again, where it was missing */
async function withMachines(kube: KubeClient): Promise<() => Promise<unknown>> {
  try {
    await kube.list(VirtualMachineInstance, { namespace });
    return async () => {};
  } catch {
    const definition = machineDefinition() as unknown as Raw<CustomResourceDefinition>;
    await kube.create(CustomResourceDefinition, definition);
    return () => kube.delete(CustomResourceDefinition, { name: definition.metadata.name });
  }
}

async function createServers(kube: KubeClient): Promise<void> {
  for (let index = 0; index < SERVERS; index += 1) {
    const resources = { requests: { cpu: '0.5', memory: '0.25Gi' }, limits: { cpu: '1000m', memory: '1024Mi' } };
    const spec = { iso: { image: 'iso:1', sha256: DIGEST }, pod: index % 2 ? { resources } : {} };
    const metadata = { namespace, name: `lab-${index}` };
    const server = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata, spec };
    await kube.create(AnweddolServer, server as unknown as AnweddolServer);
  }
}

/** What a node would do with the checks of the ISO. */
async function endIsoChecks(kube: KubeClient, pods: Pod[]): Promise<void> {
  const terminated = { exitCode: 0, message: DIGEST, finishedAt: new Date().toISOString() };
  for (const { metadata, status } of pods) {
    if (status?.phase === 'Succeeded' || !metadata.name.includes('-iso-')) continue;
    const check = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
    const name: ObjectName = { namespace, name: metadata.name };
    await kube.mergePatch(
      Pod,
      name,
      { status: { phase: 'Succeeded', containerStatuses: [check] } },
      { subresource: 'status' },
    );
  }
}

/** @returns whether writes came to an end */
async function converge(
  admin: KubeClient,
  operator: ReturnType<typeof startOperator>,
  writes: Writes,
): Promise<boolean> {
  const { caches } = operator;
  const started = clock.elapsed();
  const isDone = () => caches.deployments.list().length === SERVERS && clock.elapsed() - writes.lastAt >= QUIET_MS;
  while (!isDone()) {
    if (clock.elapsed() - started > PATIENCE_MS) return false;
    await endIsoChecks(admin, caches.pods.list());
    await sleep(200);
  }
  return true;
}

const controlPlane = await plane.start();
const transport = createTransport(loadKubeConfig({ kubeconfig: controlPlane.kubeconfig() }), { clock });
const admin = createKubeClient(transport);
const never = new AbortController().signal;
let withoutMachines = async (): Promise<unknown> => undefined;
try {
  await applyManifests(admin, await manifestsOf('crds'), never);
  withoutMachines = await withMachines(admin);
  await admin.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await createServers(admin);

  let writes = new Writes();
  const kube = noting(admin, () => writes);
  const first = startOperator(kube);
  const converged = await converge(admin, first, writes);
  const making = writes.counts;

  writes = new Writes();
  const before = first.reconciles();
  await sleep(IDLE_MS);
  const idle = { writes: writes.total, of: writes.counts, reconciles: first.reconciles() - before };
  await first.stop();

  writes = new Writes();
  const second = startOperator(kube);
  while (second.reconciles() < SERVERS) await sleep(100);
  await sleep(QUIET_MS);
  const restart = { writes: writes.total, of: writes.counts, reconciles: second.reconciles() };
  await second.stop();

  const seconds = IDLE_MS / 1000;
  const result = { plane: plane.name, servers: SERVERS, converged, making, idle: { seconds, ...idle }, restart };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  process.exitCode = converged && idle.writes === 0 && restart.writes === 0 ? 0 : 1;
} finally {
  await admin.delete(Namespace, { name: namespace });
  await withoutMachines();
  await transport.close();
  await controlPlane.close();
}
