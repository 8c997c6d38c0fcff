import type { TestContext } from 'node:test';
import { createKubeClient, type KubeClientOptions } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import { ObjectStore } from '../../src/kube/object-store.ts';
import { startReflector } from '../../src/kube/reflector.ts';
import { ConfigMap } from '../../src/kube/resources.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { FakeClock } from './fake-clock.ts';
import { ListWatchServer } from './list-watch-server.ts';
import { RecordedLog } from './recorded-log.ts';

export type Reflection = Awaited<ReturnType<typeof reflect>>;

/**
 * A reflector of a {@link ListWatchServer}'s objects. Its waits are on a fake clock; the deadlines of its calls are on
 * the real one unless the test says otherwise. `stop` ends it, `end` the server too.
 */
export async function reflect(
  options: KubeClientOptions & {
    callClock?: Clock;
    pageSize?: number;
    prepare?: (server: ListWatchServer) => void;
  } = {},
) {
  const server = await ListWatchServer.start();
  options.prepare?.(server);
  const config = loadKubeConfig({ kubeconfig: server.http.kubeconfig() });
  const transport = createTransport(config, { clock: options.callClock ?? systemClock });
  const client = createKubeClient(transport, options);
  const log = new RecordedLog();
  const clock = new FakeClock();
  const store = new ObjectStore<ConfigMap>({ log, indices: { value: ({ data }) => [data?.value ?? ''] } });
  const changes: string[] = [];
  store.onChange((current, previous) => {
    const sign = current && previous ? '~' : current ? '+' : '-';
    changes.push(`${sign}${(current ?? previous)?.metadata.name}`);
  });
  const stopper = new AbortController();
  const stopped = startReflector(client, ConfigMap, { namespace: 'lab' }, store, {
    signal: stopper.signal,
    clock,
    log,
    random: () => 0.5,
    ...(options.pageSize && { pageSize: options.pageSize }),
  });
  const stop = async (): Promise<void> => {
    stopper.abort();
    await stopped;
  };
  const end = async (): Promise<void> => {
    await stop();
    await transport.close();
    await server.http.until(({ openSockets }) => openSockets === 0);
    await server.http.close();
  };
  return { server, store, changes, clock, log, stop, end };
}

/** As {@link reflect}, and all gone when the test ends. */
export async function reflectIn(t: TestContext, options: Parameters<typeof reflect>[0] = {}): Promise<Reflection> {
  const reflection = await reflect(options);
  t.after(reflection.end);
  return reflection;
}
