import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type {
  ContainerStart,
  CreateOutcome,
  HandshakeOutcome,
  Phase,
  RefusalReason,
  ServerGauges,
  ServerMetrics,
  Transport,
} from '../../server/server-metrics.ts';

/** Seconds: from a step on the same machine to the default deadline of a client. */
const PHASE_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds: from a STAT to a container that has to be booted. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Each list is complete, as the compiler sees to it. */
const TRANSPORTS = keys<Transport>({ plain: 0, tls: 0, http: 0 });
const GENERATIONS = ['1', '2', '3', 'unknown'];
const OUTCOMES = keys<HandshakeOutcome>({ completed: 0, failed: 0, timedOut: 0, refused: 0 });
const PHASES = keys<Phase>({ prologue: 0, publicKeys: 0, sessionKeys: 0, request: 0, response: 0 });
const REASONS = keys<RefusalReason>({
  capacity: 0,
  sourceCapacity: 0,
  penalty: 0,
  keyQueue: 0,
  proxyHeader: 0,
  evicted: 0,
});

const CREATE_OUTCOMES = keys<CreateOutcome>({
  Delivered: 0,
  ClientLeft: 0,
  InternalError: 0,
  NoFreeSlot: 0,
  QuotaExceeded: 0,
  MachineRefused: 0,
  ImagePullFailed: 0,
  Unschedulable: 0,
  NodeLost: 0,
  StartFailed: 0,
  StartTimeout: 0,
  EndpointShellFailed: 0,
});
const STARTS = keys<ContainerStart>({ warm: 0, cold: 0 });

const OTHER = 'other';
/** The protocol's; a server may serve more, and those appear when they are asked for. */
const VERBS = ['CREATE', 'DESTROY', 'STAT', OTHER];
/** The protocol's. A handler of somebody else may answer anything, which is `other` here: the number of series stays bounded. */
const ANSWERS = [
  'OK',
  'Bad authentication',
  'Bad request',
  'Refused request',
  'Unavailable',
  'Internal error',
  'none',
  OTHER,
];

/** What a server counts. @param registry where the names begin with `anweddol_server_` */
export function serverMetrics(registry: Registry): ServerMetrics & { observe(gauges: ServerGauges): void } {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `anweddol_server_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[], buckets: number[]) =>
    new Histogram({ name: `anweddol_server_${name}`, help, labelNames, buckets, registers });

  const opened = counter('connections_opened_total', 'Connections whose first byte came, by transport.', ['transport']);
  const closed = counter('connections_closed_total', 'Those of them that are closed again, by transport.', [
    'transport',
  ]);
  const handshakes = counter('handshakes_total', 'Handshakes by generation of the protocol and outcome.', [
    'generation',
    'outcome',
  ]);
  const refused = counter(
    'refused_total',
    'Connections that were closed for what is not their fault, or before it was.',
    ['reason'],
  );
  const requests = counter('requests_total', 'Requests by verb and answer.', ['verb', 'answer']);
  const phases = histogram('phase_duration_seconds', 'Length of a phase of a connection.', ['phase'], PHASE_SECONDS);
  const answered = histogram('request_duration_seconds', 'How long an answer took.', ['verb'], REQUEST_SECONDS);

  const creates = counter('creates_total', 'CREATEs by how they ended, and how their container was started.', [
    'outcome',
    'start',
  ]);
  const created = histogram(
    'create_duration_seconds',
    'How long a client waited for the container that it was given.',
    ['start'],
    REQUEST_SECONDS,
  );

  // What has not happened yet is 0, not absent: rates and alerts need the first sample.
  for (const transport of TRANSPORTS) for (const none of [opened, closed]) none.inc({ transport }, 0);
  for (const generation of GENERATIONS) for (const outcome of OUTCOMES) handshakes.inc({ generation, outcome }, 0);
  for (const reason of REASONS) refused.inc({ reason }, 0);
  for (const verb of VERBS) for (const answer of ANSWERS) requests.inc({ verb, answer }, 0);
  for (const phase of PHASES) phases.zero({ phase });
  for (const verb of VERBS) answered.zero({ verb });
  for (const start of STARTS) for (const outcome of CREATE_OUTCOMES) creates.inc({ outcome, start }, 0);
  for (const start of STARTS) created.zero({ start });

  return {
    connectionOpened: (transport) => opened.inc({ transport }),
    connectionClosed: (transport) => closed.inc({ transport }),
    handshakeEnded: (generation, outcome) => handshakes.inc({ generation: String(generation ?? 'unknown'), outcome }),
    phaseTook: (phase, ms) => phases.observe({ phase }, ms / 1000),
    refused: (reason) => refused.inc({ reason }),
    requestAnswered(verb, answer, ms) {
      requests.inc({ verb, answer: ANSWERS.includes(answer) ? answer : OTHER });
      answered.observe({ verb }, ms / 1000);
    },
    createEnded(outcome, start, ms) {
      creates.inc({ outcome, start });
      if (outcome === 'Delivered') created.observe({ start }, ms / 1000);
    },
    observe: observeServer(registry),
  };
}

/** What is asked for when metrics are read; 0 until there is a server to ask. */
function observeServer(registry: Registry): (gauges: ServerGauges) => void {
  let server: ServerGauges | undefined;
  const gauge = (name: string, help: string, read: (gauges: ServerGauges) => number) =>
    new Gauge({
      name: `anweddol_server_${name}`,
      help,
      registers: [registry],
      collect() {
        if (server) this.set(read(server));
      },
    });
  gauge('open_connections', 'Connections that are open.', (gauges) => gauges.openConnections());
  gauge('waiting_connections', 'Connections that the server waits for.', (gauges) => gauges.waitingConnections());
  gauge('key_queue_length', 'Key blocks that wait for the private key.', (gauges) => gauges.keyQueueLength());
  gauge('available_containers', 'Containers that could be created now.', (gauges) => gauges.availableContainers());
  new Counter({
    name: 'anweddol_server_runtime_errors_total',
    help: "Errors of the server's own.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(server?.runtimeErrors() ?? 0);
    },
  });
  return (gauges) => {
    server = gauges;
  };
}

function keys<K extends string>(all: Record<K, 0>): K[] {
  return Object.keys(all) as K[];
}
