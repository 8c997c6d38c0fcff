/** Events are one thing under two names: `v1`, which they are stored as, and `events.k8s.io/v1`, which renames fields. */

import type { JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Conversion } from '../registry/resource.ts';

/** Name in `events.k8s.io/v1`, then in `v1`. */
const NAMES = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
] as const;

export const eventConversion: Conversion = {
  toStored: (object) => renamed(object, new Map(NAMES), 'v1'),
  fromStored: (object) =>
    renamed(withoutReporter(object), new Map(NAMES.map(([group, core]) => [core, group])), 'events.k8s.io/v1'),
};

/** Without the names of a reporter that has none. */
function withoutReporter(object: StoredObject): StoredObject {
  const { reportingComponent, reportingInstance, ...rest } = object;
  return {
    ...rest,
    ...(reportingComponent !== '' && { reportingComponent }),
    ...(reportingInstance !== '' && { reportingInstance }),
  } as StoredObject;
}

function renamed(object: StoredObject, names: ReadonlyMap<string, string>, apiVersion: string): StoredObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(object)) result[names.get(key) ?? key] = value;
  return { ...result, apiVersion, kind: object.kind, metadata: object.metadata };
}
