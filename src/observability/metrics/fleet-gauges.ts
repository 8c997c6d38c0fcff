import { Gauge, type Registry } from 'prom-client';
import type { FleetNumbers, ServerNumbers } from '../../operator/metrics/operator-metrics.ts';
import { ComputedGauge, onceInTurn, type Reading } from './computed.ts';

type Look = () => FleetNumbers;

/**
 * What is true of all servers, read when metrics are; nothing while this process stands by.
 * @returns as of `OperatorMetrics`
 */
export function fleetGauges(registry: Registry): (look: Look) => () => void {
  let working: Look | undefined;
  const read = onceInTurn(() => working?.());
  const registers = [registry];
  new Gauge({
    name: 'anweddol_operator_leading',
    help: '1 while this process does the work of the operator, 0 while it stands by.',
    registers,
    collect() {
      this.set(working ? 1 : 0);
    },
  });

  const ofServers = <L extends string = never>(
    name: string,
    help: string,
    readings: (numbers: ServerNumbers) => { labels?: Record<L, string>; value: number }[],
    ...labelNames: L[]
  ) =>
    new ComputedGauge<L | 'namespace' | 'server'>(
      { name: `anweddol_${name}`, help, labelNames: ['namespace', 'server', ...labelNames], registers },
      () =>
        (read()?.servers ?? []).flatMap((numbers) => {
          const { namespace, name: server } = numbers.server;
          return readings(numbers).map(({ labels, value }) => {
            const all: Partial<Record<string, string>> = { namespace, server, ...labels };
            return { labels: all, value } as Reading<L | 'namespace' | 'server'>;
          });
        }),
    );

  ofServers('slots', 'Containers that a server may have at most.', ({ slots }) => [{ value: slots }]);
  ofServers(
    'containers',
    'Containers of a server by state: running (a client has it), warm, starting, ending.',
    ({ containers }) => byLabel('state', containers),
    'state',
  );
  ofServers('containers_stuck', 'Containers that were to go minutes ago and still hold their slot.', ({ stuck }) =>
    stuck === undefined ? [] : [{ value: stuck }],
  );
  ofServers('warm_containers_wanted', 'Containers to be kept booted ahead of demand.', ({ warmWanted }) => [
    { value: warmWanted },
  ]);
  ofServers('pods_wanted', 'Server pods that a server is to have.', ({ podsWanted }) => [{ value: podsWanted }]);
  ofServers('pods_ready', 'Server pods that clients can connect to.', ({ podsReady }) => [{ value: podsReady }]);
  ofServers(
    'condition',
    'Always 1: the status and the reason that a condition of a server has now.',
    ({ conditions }) => conditions.map(({ type, status, reason }) => ({ labels: { type, status, reason }, value: 1 })),
    'type',
    'status',
    'reason',
  );
  ofServers(
    'certificate_expiration_timestamp_seconds',
    'When a certificate of a server expires: that for TLS on its port, or that of its web server.',
    ({ certificates }) =>
      certificates.map(({ certificate, expiresAt }) => ({ labels: { certificate }, value: expiresAt })),
    'certificate',
  );
  ofServers(
    'access_tokens',
    'Access tokens for a server by state: usable, disabled, expired, leftOut (its list is full), broken.',
    ({ tokens }) => byLabel('state', tokens),
    'state',
  );
  new ComputedGauge(
    {
      name: 'anweddol_orphans',
      help: 'Objects whose server, or whose container, is not there.',
      labelNames: ['kind'],
      registers,
    },
    () => byLabel('kind', read()?.orphans),
  );

  return (look) => {
    working = look;
    return () => {
      if (working === look) working = undefined;
    };
  };
}

function byLabel<L extends string>(label: L, counts: Record<string, number> | undefined) {
  return Object.entries(counts ?? {}).map(([key, value]) => ({ labels: { [label]: key } as Record<L, string>, value }));
}
