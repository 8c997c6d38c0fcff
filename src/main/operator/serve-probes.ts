import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type HealthChecks, serveHealth } from '../../observability/health.ts';
import type { ListenAddress } from '../../observability/http-listener.ts';
import { serveMetrics } from '../../observability/serve-metrics.ts';
import type { OperatorOptions } from './options.ts';

/** Serves health and metrics where they are wanted. @throws Error naming the option whose address can't be listened on */
export async function serveProbes(
  { healthAddress, metricsAddress }: Pick<OperatorOptions, 'healthAddress' | 'metricsAddress'>,
  checks: HealthChecks,
  registry: Registry,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const served = async (
    what: string,
    address: ListenAddress | null,
    serve: (address: ListenAddress) => Promise<Server>,
  ): Promise<string | undefined> => {
    if (!address) return undefined;
    try {
      const server = await serve(address);
      return text(server.address());
    } catch (cause) {
      throw new Error(`--${what}-address: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
  const health = await served('health', healthAddress, (address) => serveHealth(address, checks, signal));
  if (health) log.info({ address: health }, 'serving health');
  const metrics = await served('metrics', metricsAddress, (address) => serveMetrics(address, registry, signal));
  if (metrics) log.info({ address: metrics }, 'serving metrics');
}

function text(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return String(address);
  return address.family === 'IPv6' ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}
