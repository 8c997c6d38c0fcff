import { containerName } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Event, Pod } from '../../kube/resources.ts';
import type { EventReport } from './report.ts';

/** So many are told. */
const LAST = 10;

/** The last Events of a server, of its containers, also those that are gone, and of its pods; the newest first. */
export function eventsOf(server: AnweddolServer, events: readonly Event[], pods: readonly Pod[]): EventReport[] {
  const podNames = new Set(pods.map(({ metadata }) => metadata.name));
  const { name } = server.metadata;
  const isAbout = ({ regarding }: Event): boolean => {
    const of = regarding?.name ?? '';
    if (regarding?.kind === 'AnweddolServer') return of === name;
    if (regarding?.kind === 'Pod') return podNames.has(of);
    const port = Number(/-(\d+)$/.exec(of)?.[1]);
    return of === containerName(name, port);
  };
  return events
    .filter(isAbout)
    .map(eventReport)
    .sort((one, other) => (Date.parse(other.at) || 0) - (Date.parse(one.at) || 0))
    .slice(0, LAST);
}

/** Events of both generations of the API come as one kind; the older has its times and its count elsewhere. */
function eventReport(event: Event): EventReport {
  const { series, eventTime, deprecatedLastTimestamp, deprecatedCount, regarding, metadata } = event;
  const at = series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
  return {
    at,
    type: event.type ?? '',
    reason: event.reason ?? '',
    about: `${regarding?.kind}/${regarding?.name}`,
    note: event.note ?? '',
    count: series?.count ?? deprecatedCount ?? 1,
  };
}
