import type { AnweddolServer } from '../../api/resources.ts';
import { keyOf } from '../../kube/objects.ts';
import { type Caches, INDEX_BY_SERVER } from '../context.ts';
import { countContainers } from '../status.ts';
import { countOrphans } from './count-orphans.ts';
import { isStuck } from './machine-facts.ts';
import type { FleetNumbers, ServerNumbers } from './operator-metrics.ts';
import { countTokens } from './token-state.ts';

export type FleetCaches = Pick<Caches, 'servers' | 'machines' | 'slices' | 'tokens'>;

/** What the caches show of all servers at `now` (milliseconds). Without KubeVirt nothing is said of machines. */
export function readFleet(caches: FleetCaches, now: number): FleetNumbers {
  const servers = caches.servers.list().map((server) => readServer(server, caches, now));
  return caches.machines.hasSynced ? { servers, orphans: countOrphans(caches) } : { servers };
}

function readServer({ metadata, spec, status }: AnweddolServer, caches: FleetCaches, now: number): ServerNumbers {
  const key = keyOf(metadata);
  const tokens = caches.tokens.byIndex(INDEX_BY_SERVER, key);
  // A release before or after this one may have stored what this one does not understand.
  const { replicas, containers, accessTokens }: Partial<AnweddolServer['spec']> = spec ?? {};
  return {
    server: { namespace: metadata.namespace ?? '', name: metadata.name },
    slots: numberOr0(containers?.maxRunning),
    warmWanted: numberOr0(containers?.warm),
    podsWanted: numberOr0(replicas),
    podsReady: numberOr0(status?.readyReplicas),
    ...machinesOf(key, caches, now),
    conditions: status?.conditions ?? [],
    certificates: certificatesOf(status?.certificates),
    ...((tokens.length > 0 || accessTokens?.required) && { tokens: countTokens(tokens) }),
  };
}

function machinesOf(key: string, { machines }: FleetCaches, now: number): Pick<ServerNumbers, 'containers' | 'stuck'> {
  if (!machines.hasSynced) return {};
  const found = machines.byIndex(INDEX_BY_SERVER, key);
  return { containers: countContainers(found), stuck: found.filter((vmi) => isStuck(vmi, now)).length };
}

function certificatesOf(known: NonNullable<AnweddolServer['status']>['certificates']): ServerNumbers['certificates'] {
  return (['tls', 'web'] as const).flatMap((certificate) => {
    const expiresAt = Date.parse(known?.[certificate]?.notAfter ?? '') / 1000;
    return Number.isNaN(expiresAt) ? [] : [{ certificate, expiresAt }];
  });
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
