import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createKubeClient } from '../../kube/kube-client.ts';
import { leaseLock } from '../../kube/lease-lock.ts';
import type { KubeConfig } from '../../kube/load.ts';
import { createTransport } from '../../kube/transport.ts';
import { operatorMetrics } from '../../observability/metrics/operator-metrics.ts';
import { createMetrics, type Metrics, observeBuild, observeProcess } from '../../observability/metrics.ts';
import { startTracing } from '../../observability/tracing/start-tracing.ts';
import { startCaches } from '../../operator/caches.ts';
import { runOperator } from '../../operator/run-operator.ts';
import { lead } from '../../runtime/leader/lead.ts';
import type { Leadership } from '../../runtime/leader/leadership.ts';
import { shutDownInOrder } from '../../runtime/shut-down.ts';
import { systemClock as clock } from '../../runtime/system-clock.ts';
import { VERSION } from '../../version.ts';
import { healthChecks } from './health-checks.ts';
import type { OperatorOptions } from './options.ts';
import { serveProbes } from './serve-probes.ts';
import { WriteFence } from './write-fence.ts';

const USER_AGENT = `anweddol-operator/${VERSION}`;

/** A renewal has 5 s, and a try that takes longer is worth nothing. */
const LEASE_CALL_MS = 5_000;

interface Program {
  options: OperatorOptions;
  config: KubeConfig;
  log: Logger;
  metrics: Metrics;
  /** Aborts when the program is to end. */
  stop: AbortSignal;
}

/**
 * Runs the operator until `stop` aborts, in this process and once.
 * @throws LeadershipLost when somebody else may lead by now
 * @throws Error when an address can't be listened on
 */
export async function run(options: OperatorOptions, config: KubeConfig, log: Logger, stop: AbortSignal): Promise<void> {
  const metrics = createMetrics();
  observeProcess(metrics.registry);
  observeBuild(metrics.registry, 'operator', VERSION);
  const program: Program = { options, config, log, metrics, stop };
  if (!options.leaderElect) return operate(program, async (work) => work());
  const fence = new WriteFence();
  const whenLeading = (work: Work): Promise<void> =>
    elected(program, (leadership) => {
      fence.open(leadership);
      return work(leadership.signal);
    });
  return operate(program, whenLeading, () => fence.check());
}

/** @param abandon aborts when nothing may be written any more */
type Work = (abandon?: AbortSignal) => Promise<void>;

/** Watches and answers from the beginning, and works when `whenLeading` lets it. */
async function operate(
  { options, config, log, metrics, stop }: Program,
  whenLeading: (work: Work) => Promise<void>,
  beforeWrite?: () => void,
): Promise<void> {
  const finished = new AbortController();
  const { tracesEndpoint: endpoint, tracesSample: sampleRatio } = options;
  const traces = endpoint === undefined ? undefined : { endpoint, sampleRatio };
  const traced = { program: 'anweddol-operator', version: VERSION, registry: metrics.registry, clock, log };
  const tracing = await startTracing(traces, traced);
  const transport = createTransport(config, {
    clock,
    userAgent: USER_AGENT,
    rateLimit: { perSecond: options.kubeApiQps, burst: options.kubeApiBurst },
    metrics: metrics.requests,
    ...(beforeWrite && { beforeWrite }),
  });
  try {
    const kube = createKubeClient(transport);
    // What is under way when we are told to stop still looks things up in them.
    const caches = startCaches({ kube, clock, log, namespaces: options.namespaces, signal: finished.signal });
    await serveProbes(options, healthChecks(caches, clock, stop), metrics.registry, log, finished.signal);
    const { serverImage: defaultImage, clusterCidrs } = options;
    const told = operatorMetrics(metrics.registry);
    const { tracer } = tracing;
    const context = { kube, caches, clock, log, defaultImage, clusterCidrs, metrics: told, tracer, traces };
    await whenLeading((abandon) =>
      runOperator(context, stop, { concurrency: options.concurrency, metrics, ...(abandon && { abandon }) }),
    );
  } finally {
    const stopWatching = () => finished.abort(new Error('the operator has ended'));
    await shutDownInOrder(
      [
        { name: 'watches', close: stopWatching },
        { name: 'connections', close: () => transport.close() },
        { name: 'traces', close: (late) => tracing.close(late) },
      ],
      { clock, log },
    );
  }
}

/** Works while this process has the lease. Its requests wait for no others, and for no rate limit. */
async function elected(
  { options, config, log, metrics, stop }: Program,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const namespace =
    options.leaderElectResourceNamespace ?? config.getContextObject(config.currentContext)?.namespace ?? 'default';
  const transport = createTransport(config, {
    clock,
    userAgent: `${USER_AGENT} (leader election)`,
    callTimeoutMs: LEASE_CALL_MS,
    rateLimit: false,
    metrics: metrics.requests,
  });
  const lock = leaseLock(createKubeClient(transport), { namespace, name: options.leaderElectResourceName });
  const identity = `${hostname()}_${randomUUID()}`;
  try {
    await lead({ lock, identity, clock, log, metrics: metrics.leader, signal: stop }, work);
  } finally {
    await transport.close();
  }
}
