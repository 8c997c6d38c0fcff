import { asObject, asString, type JsonValue } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { age } from './age.ts';
import type { Column } from './column.ts';
import { NAME, text, wide } from './common-columns.ts';

/** Events say when they were seen last; their own name and age would tell nobody anything. */
function eventColumns(
  subject: (event: StoredObject) => JsonValue | undefined,
  message: (event: StoredObject) => string,
): readonly Column[] {
  return [
    { name: 'Last Seen', type: 'string', cell: (event, now) => age(lastSeen(event), now) },
    text('Type', (event) => asString(event.type)),
    text('Reason', (event) => asString(event.reason)),
    text('Object', (event) => {
      const { kind, name } = asObject(subject(event));
      return `${asString(kind).toLowerCase()}/${asString(name)}`;
    }),
    wide('Subobject', (event) => asString(asObject(subject(event)).fieldPath)),
    wide('Source', source),
    text('Message', message),
    { name: 'First Seen', type: 'string', priority: 1, cell: (event, now) => age(firstSeen(event), now) },
    {
      name: 'Count',
      type: 'string',
      priority: 1,
      cell: (event) => asObject(event.series).count ?? event.count ?? event.deprecatedCount ?? 1,
    },
    { ...NAME, priority: 1 },
  ];
}

export const coreEventColumns = eventColumns(
  (event) => event.involvedObject,
  (event) => asString(event.message).trim(),
);
export const groupEventColumns = eventColumns(
  (event) => event.regarding,
  (event) => asString(event.note).trim(),
);

function source(event: StoredObject): string {
  const controller = asString(event.reportingController) || asString(event.reportingComponent);
  const old = asObject(event.source ?? event.deprecatedSource);
  const parts = controller
    ? [controller, asString(event.reportingInstance)]
    : [asString(old.component), asString(old.host)];
  return parts.filter((part) => part !== '').join(', ');
}

function firstSeen(event: StoredObject): string | undefined {
  const times = [event.firstTimestamp, event.deprecatedFirstTimestamp, event.eventTime];
  return times.map(asString).find((time) => time !== '') ?? event.metadata.creationTimestamp;
}

function lastSeen(event: StoredObject): string | undefined {
  const series = asObject(event.series);
  const times = [
    series.lastObservedTime,
    event.lastTimestamp,
    event.deprecatedLastTimestamp,
    event.eventTime,
    event.firstTimestamp,
  ];
  return times.map(asString).find((time) => time !== '') ?? event.metadata.creationTimestamp;
}
