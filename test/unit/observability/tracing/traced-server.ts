import { openTracing } from '../../../../src/observability/tracing/open-tracing.ts';
import type { Clock } from '../../../../src/runtime/clock.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import {
  MemoryContainerBackend,
  type MemoryContainerBackendOptions,
} from '../../../support/memory-container-backend.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { startTestServer } from '../../../support/test-server.ts';
import { clientOf, serverRsa } from '../../server/server-under-test.ts';

export const soon = () => AbortSignal.timeout(20_000);

/** A server with containers in memory whose CREATEs are traced to a collector. */
export async function startTracedServer(
  endpoint: string,
  { sampleRatio = 1, clock = systemClock, ...machines }: MemoryContainerBackendOptions & TracedServerOptions = {},
) {
  const log = new RecordedLog();
  const backend = new MemoryContainerBackend(machines);
  const tracing = openTracing({ endpoint, sampleRatio, resource: { 'service.name': 'test' }, clock, log });
  const server = await startTestServer({ backend, rsaWrapper: serverRsa, log, tracer: tracing.tracer });
  let asked = 0;
  return {
    backend,
    log,
    server,
    tracing,
    /** Resolves when the server is done with it, too. */
    async create() {
      const answer = await clientOf(server).ask('CREATE');
      asked += 1;
      await log.line('request answered', asked);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await server.stopServer();
      await tracing.close(AbortSignal.abort());
      await backend[Symbol.asyncDispose]();
    },
  };
}

interface TracedServerOptions {
  sampleRatio?: number;
  /** Of what is traced. */
  clock?: Clock;
}
