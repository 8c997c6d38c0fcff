import pino, { type Logger } from 'pino';
import { startApiServer } from '../../src/embedded/apiserver/start-api-server.ts';
import { machineDefinition } from '../../src/embedded/controllers/kubevirt/machine-definition.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../src/main/demo/manifests.ts';
import { startCaches } from '../../src/operator/caches.ts';
import type { OperatorParts } from '../../src/operator/context.ts';
import { runOperator } from '../../src/operator/run-operator.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

/**
 * The operator's reconcilers on an in-memory API server, without controllers or nodes: the test plays those.
 * @param prepare what happens before the operator starts
 */
export async function startOperatorHarness(
  clock: Clock = systemClock,
  log: Logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
  prepare: (kube: KubeClient) => Promise<void> = async () => {},
): Promise<OperatorParts & AsyncDisposable> {
  const stop = new AbortController();
  const { signal } = stop;
  const api = await startApiServer({ clock, log });
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock });
  const kube = createKubeClient(transport);
  await applyManifests(kube, await manifestsOf('crds'), signal);
  await applyManifests(kube, [machineDefinition() as unknown as KubeObject], signal);
  await prepare(kube);
  const context: OperatorParts = {
    kube,
    clock,
    log,
    caches: startCaches({ kube, clock, log, signal }),
    defaultImage: 'anweddol:1',
  };
  const running = runOperator(context, signal);
  return {
    ...context,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await transport.close();
      await api.close();
    },
  };
}
