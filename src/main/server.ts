import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { LABEL_SERVER } from '../api/names.ts';
import { SERVER_FILES, ServerSettings } from '../api/server-settings.ts';
import { createKubeClient } from '../kube/kube-client.ts';
import { loadKubeConfig } from '../kube/load.ts';
import { EndpointSlice, VirtualMachineInstance } from '../kube/resources.ts';
import { createTransport } from '../kube/transport.ts';
import { watched } from '../kube/watched.ts';
import { serveHealth } from '../observability/health.ts';
import { createLog } from '../observability/log.ts';
import { systemClock as clock } from '../runtime/system-clock.ts';
import { ServerInterface } from '../server/server-interface.ts';
import { KubeVirtBackend } from '../virtualization/kubevirt/kubevirt-backend.ts';
import { VirtualizationInterface } from '../virtualization/virtualization-interface.ts';
import { RSAWrapper } from '../wire/rsa-wrapper.ts';
import { parseEnvironment, ServerEnvironment } from './environment.ts';
import { stopSignal } from './stop-signal.ts';
import { VERSION } from './version.ts';

/** `server`: serves the clients of one AnweddolServer. */
export async function main(): Promise<void> {
  const environment = parseEnvironment(ServerEnvironment);
  const log = createLog('anweddol-server', environment.LOG_LEVEL);
  const stop = stopSignal();
  // What is in flight when we are told to stop still has to see its machine start.
  const finished = new AbortController();
  const watching = { clock, log, signal: finished.signal };
  const settings = ServerSettings.parse(JSON.parse(await readFile(SERVER_FILES.settings, 'utf8')));
  const { spec, server } = settings;

  const transport = createTransport(loadKubeConfig(), { clock, userAgent: 'anweddol-server' });
  const kube = createKubeClient(transport);
  const ours = { namespace: server.namespace, labelSelector: `${LABEL_SERVER}=${server.name}` };
  const machines = watched(kube, VirtualMachineInstance, ours, watching);
  const slices = watched(kube, EndpointSlice, ours, watching);

  const endpointPassword = spec.containers.endpoint.passwordSecretRef
    ? await readFile(SERVER_FILES.endpointPassword, 'utf8')
    : 'endpoint';
  const backend = new KubeVirtBackend({
    kube,
    settings,
    endpointPassword,
    machines,
    slices,
    clock,
    random: Math.random,
  });
  const anweddol = new ServerInterface({
    listenPort: spec.listenPort,
    clientTimeoutSeconds: spec.clientTimeoutSeconds,
    startTimeoutSeconds: spec.containers.startTimeoutSeconds,
    runtimeVirtualizationInterface: new VirtualizationInterface(backend),
    runtimeRsaWrapper: await RSAWrapper.fromPem(await readFile(SERVER_FILES.privateKey, 'utf8')),
    stopGraceSeconds: spec.containers.startTimeoutSeconds + spec.clientTimeoutSeconds,
    version: VERSION,
    log,
  });
  // A server that does not know which slots are taken would offer them.
  const ready = () => machines.hasSynced && slices.hasSynced && !stop.aborted;
  await serveHealth(environment.HEALTH_PORT, { alive: () => true, ready }, finished.signal);
  await Promise.all([machines.synced(stop), slices.synced(stop)]);
  await anweddol.startServer();
  log.info({ server: server.name, namespace: server.namespace }, 'serving clients');
  if (!stop.aborted) await once(stop, 'abort');
  await anweddol.stopServer();
  finished.abort();
  await transport.close();
}
