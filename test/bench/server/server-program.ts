/** Child of the benchmarks: a library server as a program of ours wires it, with the real log and the real metrics. */
import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createSecureContext } from 'node:tls';
import { createLog } from '../../../src/observability/log.ts';
import { serverMetrics } from '../../../src/observability/metrics/server-metrics.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { ServerInterface } from '../../../src/server/server-interface.ts';
import type { ServerInterfaceOptions } from '../../../src/server/server-options.ts';
import { noBackend } from '../../../src/virtualization/no-backend.ts';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { answerQuestions } from './answer-questions.ts';

/** The first argument of the program, in JSON. */
export interface ServerProgramOptions {
  privateKey: string;
  certificate?: { cert: string; key: string } | undefined;
  server?: Pick<
    ServerInterfaceOptions,
    'clientAddresses' | 'maxConnections' | 'clientTimeout' | 'stepTimeout' | 'speakFirstAfter'
  >;
}

export interface Usage {
  cpuMs: number;
  rss: number;
  /** Open, of all kinds. */
  files: number;
  /** p99 of the delay of the event loop since the last question, in milliseconds. */
  loopP99: number;
}

const { privateKey, certificate, server } = JSON.parse(process.argv[2] ?? '{}') as ServerProgramOptions;
const { registry } = createMetrics();
const metrics = serverMetrics(registry);
const interface_ = new ServerInterface({
  bindAddress: '127.0.0.1',
  listenPort: 0,
  runtimeVirtualizationInterface: new VirtualizationInterface({ ...noBackend, available: () => 2 }),
  runtimeRsaWrapper: await RSAWrapper.fromPem(privateKey),
  tls: certificate && { current: createSecureContext({ ...certificate, minVersion: 'TLSv1.3' }) },
  metrics,
  log: createLog('bench', 'info'),
  ...server,
});
metrics.observe(interface_.getGauges());
await interface_.startServer({ asynchronous: true });

const delay = monitorEventLoopDelay({ resolution: 1 });

answerQuestions({
  port: () => interface_.getListenPort(),
  stop: () => interface_.stopServer(),
  usage: (): Usage => {
    const { user, system } = process.cpuUsage();
    const rss = process.memoryUsage.rss();
    const loopP99 = delay.percentile(99) / 1e6;
    delay.reset();
    delay.enable();
    const files = readdirSync('/proc/self/fd').length;
    return { cpuMs: (user + system) / 1000, rss, files, loopP99 };
  },
});
