import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import { type ListenAddress, listenForGet } from './http-listener.ts';

/** Serves what the registry holds at `/metrics`, in Prometheus' text format, until the signal aborts. */
export async function serveMetrics(address: ListenAddress, registry: Registry, signal: AbortSignal): Promise<Server> {
  let reading: Promise<string> | undefined;
  /** Scrapes at the same time share one answer. */
  const read = (): Promise<string> => {
    reading ??= registry.metrics().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return listenForGet(
    address,
    async ({ pathname }) =>
      pathname === '/metrics' ? { code: 200, body: await read(), type: registry.contentType } : undefined,
    signal,
  );
}
