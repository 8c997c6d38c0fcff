import type { TestContext } from 'node:test';
import type { KubeClient } from '../../src/kube/client.ts';
import { createKubeClient, type KubeClientOptions } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import { createTransport, type Transport, type TransportOptions } from '../../src/kube/transport.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type Answer, ScriptedApiServer } from './scripted-api-server.ts';

/** A scripted API server and a client of it, both gone when the test ends. */
export async function connect(
  t: TestContext,
  answer: Answer,
  options: Partial<TransportOptions> & KubeClientOptions = {},
): Promise<{ server: ScriptedApiServer; transport: Transport; client: KubeClient }> {
  const server = await ScriptedApiServer.start(answer);
  const transport = createTransport(loadKubeConfig({ kubeconfig: server.kubeconfig() }), {
    clock: systemClock,
    ...options,
  });
  t.after(async () => {
    await transport.close();
    await server.close();
  });
  return { server, transport, client: createKubeClient(transport, options) };
}
