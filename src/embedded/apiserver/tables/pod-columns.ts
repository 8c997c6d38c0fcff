import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { isEnding, type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import type { Column } from './column.ts';
import { text, textAt, wide } from './common-columns.ts';

export const podColumns: readonly Column[] = [
  text('Ready', (pod) => {
    const statuses = containerStatuses(pod);
    return `${statuses.filter(({ ready }) => ready === true).length}/${asArray(specOf(pod).containers).length}`;
  }),
  text('Status', podReason),
  text('Restarts', (pod) =>
    String(containerStatuses(pod).reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0)),
  ),
  wide('IP', (pod) => textAt(pod, ['status', 'podIP'], '<none>')),
  wide('Node', (pod) => textAt(pod, ['spec', 'nodeName'], '<none>')),
  wide('Nominated Node', (pod) => textAt(pod, ['status', 'nominatedNodeName'], '<none>')),
  wide('Readiness Gates', () => '<none>'),
];

/** In one word what a pod is doing. */
function podReason(pod: StoredObject): string {
  if (isEnding(pod)) return statusOf(pod).reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  const phase = asString(statusOf(pod).reason) || textAt(pod, ['status', 'phase'], 'Unknown');
  for (const status of containerStatuses(pod).toReversed()) {
    const { waiting, terminated } = asObject(status.state);
    if (isObject(waiting) && waiting.reason) return asString(waiting.reason);
    if (isObject(terminated)) return endReason(terminated);
  }
  return phase;
}

function endReason(terminated: JsonObject): string {
  if (terminated.reason) return asString(terminated.reason);
  return terminated.signal ? `Signal:${String(terminated.signal)}` : `ExitCode:${String(terminated.exitCode ?? 0)}`;
}

function containerStatuses(pod: StoredObject): JsonObject[] {
  return asArray(statusOf(pod).containerStatuses).filter((status) => isObject(status));
}
