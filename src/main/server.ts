import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { LABEL_SERVER } from '../api/names.ts';
import { SERVER_FILES } from '../api/server-settings.ts';
import { eventSink } from '../kube/event-sink.ts';
import { createKubeClient } from '../kube/kube-client.ts';
import { loadKubeConfig } from '../kube/load.ts';
import { EndpointSlice, VirtualMachineInstance } from '../kube/resources.ts';
import { createTransport } from '../kube/transport.ts';
import { watched } from '../kube/watched.ts';
import { serveHealth } from '../observability/health.ts';
import { createLog } from '../observability/log.ts';
import { handOutMetrics } from '../observability/metrics/hand-out-metrics.ts';
import { serverMetrics } from '../observability/metrics/server-metrics.ts';
import { createMetrics, observeBuild, observeProcess } from '../observability/metrics.ts';
import { serveMetrics } from '../observability/serve-metrics.ts';
import { startTracing } from '../observability/tracing/start-tracing.ts';
import { systemClock as clock } from '../runtime/system-clock.ts';
import { PlatformDatabase } from '../server/database/platform-database.ts';
import { ServerInterface } from '../server/server-interface.ts';
import { VERSION } from '../version.ts';
import { KubeVirtBackend } from '../virtualization/kubevirt/kubevirt-backend.ts';
import { VirtualizationInterface } from '../virtualization/virtualization-interface.ts';
import { parseEnvironment, ServerEnvironment } from './environment.ts';
import { accessOptions } from './server/access-options.ts';
import { containerEvents } from './server/container-events.ts';
import { countLostClaims } from './server/count-lost-claims.ts';
import { failureEvents } from './server/failure-events.ts';
import { liveOptions } from './server/live-options.ts';
import { openSettings } from './server/live-settings.ts';
import { MeasuredBackend } from './server/measured-backend.ts';
import { serverKey } from './server/server-key.ts';
import { TracesEnvironment } from './server/traces.ts';
import { stopSignal } from './stop-signal.ts';

/** Less than the pod has left when the last of its clients has had all the time there is. */
const LAST_SPANS_MS = 3_000;

/** `server`: serves the clients of one AnweddolServer. */
export async function main(): Promise<void> {
  const environment = parseEnvironment(ServerEnvironment);
  const traces = parseEnvironment(TracesEnvironment);
  const log = createLog('anweddol-server', environment.LOG_LEVEL);
  const stop = stopSignal();
  // What is in flight when we are told to stop still has to see its machine start.
  const finished = new AbortController();
  const { signal } = finished;
  const watching = { clock, log, signal };
  await using files = new AsyncDisposableStack();
  let anweddol: ServerInterface | undefined;
  const settings = files.use(
    await openSettings(SERVER_FILES.settings, {
      clock,
      log,
      onChange: (changed) => anweddol?.reconfigure(liveOptions(changed)),
    }),
  );
  const { spec, server, access } = settings.current;
  const metrics = createMetrics();
  observeProcess(metrics.registry);
  observeBuild(metrics.registry, 'server', VERSION);

  const traced = { program: 'anweddol-server', version: VERSION, server, registry: metrics.registry, clock, log };
  const tracing = await startTracing(traces.target, traced);
  const { tracer } = tracing;

  const transport = createTransport(loadKubeConfig(), {
    clock,
    userAgent: `anweddol-server/${VERSION}`,
    metrics: metrics.requests,
  });
  const kube = createKubeClient(transport);
  const ours = { namespace: server.namespace, labelSelector: `${LABEL_SERVER}=${server.name}` };
  const machines = watched(kube, VirtualMachineInstance, ours, watching);
  const slices = watched(kube, EndpointSlice, ours, watching);

  const endpointPassword = spec.containers.endpoint.passwordSecretRef
    ? await readFile(SERVER_FILES.endpointPassword, 'utf8')
    : 'endpoint';
  const { random } = Math;
  const sink = eventSink(kube, { controller: 'anweddol.io/server', instance: hostname() });
  const handOut = handOutMetrics(metrics.registry);
  const claiming = countLostClaims(kube, handOut);
  const backend = new KubeVirtBackend({
    kube: claiming,
    settings,
    endpointPassword,
    machines,
    slices,
    clock,
    log,
    random,
    tracer,
    onStep: containerEvents({ sink, settings: settings.current, clock, log, signal }),
  });
  const virtualization = new VirtualizationInterface(new MeasuredBackend(backend, handOut, clock));
  const told = serverMetrics(metrics.registry);
  anweddol = new ServerInterface({
    listenPort: spec.listenPort,
    runtimeVirtualizationInterface: virtualization,
    runtimeDatabaseInterface: new PlatformDatabase(virtualization, clock.now),
    runtimeRsaWrapper: await serverKey(settings.current, SERVER_FILES.privateKey, log),
    ...(await accessOptions(access, files, { clock, log })),
    ...liveOptions(settings.current),
    onContainerFailed: failureEvents({ sink, server, clock, log, signal }),
    metrics: told,
    tracer,
    log,
  });
  told.observe(anweddol.getGauges());
  // A server that does not know which slots are taken would offer them.
  const ready = () => machines.hasSynced && slices.hasSynced && !stop.aborted;
  await serveHealth(environment.HEALTH_PORT, { alive: () => true, ready }, signal);
  await serveMetrics({ port: environment.METRICS_PORT }, metrics.registry, signal);
  await Promise.all([machines.synced(stop), slices.synced(stop)]);
  await anweddol.startServer({ asynchronous: true });
  log.info({ server: server.name, namespace: server.namespace }, 'serving clients');
  if (!stop.aborted) await once(stop, 'abort');
  await anweddol.stopServer();
  finished.abort();
  await Promise.all([transport.close(), tracing.close(AbortSignal.timeout(LAST_SPANS_MS))]);
}
