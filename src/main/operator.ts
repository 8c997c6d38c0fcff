import { createKubeClient } from '../kube/kube-client.ts';
import { loadKubeConfig } from '../kube/load.ts';
import { createTransport } from '../kube/transport.ts';
import { serveHealth } from '../observability/health.ts';
import { createLog } from '../observability/log.ts';
import { startCaches } from '../operator/caches.ts';
import { runOperator } from '../operator/run-operator.ts';
import { systemClock as clock } from '../runtime/system-clock.ts';
import { OperatorEnvironment, parseEnvironment } from './environment.ts';
import { stopSignal } from './stop-signal.ts';

/** `operator`: keeps what every AnweddolServer of the cluster asks for. */
export async function main(): Promise<void> {
  const environment = parseEnvironment(OperatorEnvironment);
  const log = createLog('anweddol-operator', environment.LOG_LEVEL);
  const signal = stopSignal();
  const transport = createTransport(loadKubeConfig(), { clock, userAgent: 'anweddol-operator' });
  const kube = createKubeClient(transport);
  const caches = startCaches({ kube, clock, log, signal });
  await serveHealth(environment.HEALTH_PORT, { alive: () => true, ready: () => caches.servers.hasSynced }, signal);
  await runOperator({ kube, caches, clock, log, defaultImage: environment.SERVER_IMAGE }, signal);
  await transport.close();
}
