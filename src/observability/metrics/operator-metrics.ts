import { Histogram, type Registry } from 'prom-client';
import type { ContainerReason } from '../../operator/container-end.ts';
import type { BootStart, OperatorMetrics, ServerName } from '../../operator/metrics/operator-metrics.ts';
import { ComputedCounter, type Reading } from './computed.ts';
import { fleetGauges } from './fleet-gauges.ts';

/** Seconds: from a played machine to one that is emulated and waits for its image. */
const BOOT_SECONDS = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];

/** Each list is complete, as the compiler sees to it. */
const REASONS = keys<Exclude<ContainerReason, 'StuckTerminating'>>({
  Finished: 0,
  StartDeadline: 0,
  NeverDelivered: 0,
  Expired: 0,
  Malformed: 0,
  NodeLost: 0,
  Orphaned: 0,
  ImagePullFailed: 0,
  Unready: 0,
  Surplus: 0,
  Outdated: 0,
});
const STARTS = keys<BootStart>({ warm: 0, cold: 0 });
const OUTCOMES = ['succeeded', 'failed'] as const;

/** What has been counted of one server since it, or this process, is there. */
class Tally {
  readonly server: ServerName | undefined;
  // What has not happened yet is 0, not absent: rates and alerts need the first sample.
  readonly ended = new Map<string, number>(REASONS.map((reason) => [reason, 0]));
  readonly boots = new Map(STARTS.map((start) => [start, { succeeded: 0, failed: 0 }]));

  constructor(server?: ServerName) {
    this.server = server;
  }

  end(reason: ContainerReason): void {
    this.ended.set(reason, (this.ended.get(reason) ?? 0) + 1);
  }

  get labels(): { namespace?: string; server?: string } {
    return this.server ? { namespace: this.server.namespace, server: this.server.name } : {};
  }
}

/** What the operator tells of the domain. Series of a server go with it. */
export function operatorMetrics(registry: Registry): OperatorMetrics {
  const registers = [registry];
  const tallies = new Map<string, Tally>();
  /** For what was destroyed as its server is gone. */
  const nobodys = new Tally();
  const all = (): Tally[] => [...tallies.values()];
  const tallyOf = (server: ServerName): Tally | undefined => tallies.get(keyOf(server));

  new ComputedCounter(
    {
      name: 'anweddol_containers_ended_total',
      help: 'Containers that the operator destroyed, by reason; without a server where that is gone.',
      labelNames: ['namespace', 'server', 'reason'],
      registers,
    },
    () => [...all(), nobodys].flatMap(endedReadings),
  );
  new ComputedCounter(
    {
      name: 'anweddol_boots_total',
      help: 'Boots of containers ahead of demand (warm) or for a client (cold) by outcome; a cold one has failed also when its client has left.',
      labelNames: ['namespace', 'server', 'start', 'outcome'],
      registers,
    },
    () => all().flatMap(bootReadings),
  );
  const seconds = new Histogram({
    name: 'anweddol_boot_duration_seconds',
    help: 'From the creation of a container to where it is warm, or handed over to its client.',
    labelNames: ['namespace', 'server', 'start'],
    buckets: BOOT_SECONDS,
    registers,
  });

  return {
    containerEnded: (server, reason) => (tallyOf(server) ?? nobodys).end(reason),
    bootSucceeded({ namespace, name }, start, took) {
      const counts = tallyOf({ namespace, name })?.boots.get(start);
      if (!counts) return;
      counts.succeeded += 1;
      seconds.observe({ namespace, server: name, start }, took);
    },
    bootFailed(server, start) {
      const counts = tallyOf(server)?.boots.get(start);
      if (counts) counts.failed += 1;
    },
    known(server) {
      if (!tallyOf(server)) tallies.set(keyOf(server), new Tally(server));
    },
    gone({ namespace, name }) {
      tallies.delete(keyOf({ namespace, name }));
      for (const start of STARTS) seconds.remove({ namespace, server: name, start });
    },
    working: fleetGauges(registry),
  };
}

function endedReadings({ labels, ended }: Tally): Reading<'namespace' | 'server' | 'reason'>[] {
  return [...ended].map(([reason, value]) => ({ labels: { ...labels, reason }, value }));
}

function bootReadings({ labels, boots }: Tally): Reading<'namespace' | 'server' | 'start' | 'outcome'>[] {
  return [...boots].flatMap(([start, counts]) =>
    OUTCOMES.map((outcome) => ({ labels: { ...labels, start, outcome }, value: counts[outcome] })),
  );
}

function keyOf({ namespace, name }: ServerName): string {
  return `${namespace}/${name}`;
}

function keys<K extends string>(all: Record<K, 0>): K[] {
  return Object.keys(all) as K[];
}
