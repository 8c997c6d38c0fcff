/** What is counted of a machine; pure. */
import { LABEL_SERVER } from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { STUCK_AFTER_MS } from '../containers/stuck.ts';
import type { ServerName } from './operator-metrics.ts';

export function serverNameOf({ metadata }: VirtualMachineInstance): ServerName {
  return { namespace: metadata.namespace ?? '', name: metadata.labels?.[LABEL_SERVER] ?? '' };
}

/**
 * Seconds since it was created, at `now` (milliseconds). The API server tells whole seconds, and another clock may be
 * ahead of ours: never less than 0.
 */
export function ageOf({ metadata }: VirtualMachineInstance, now: number): number {
  const ms = now - Date.parse(metadata.creationTimestamp ?? '');
  return ms > 0 ? ms / 1000 : 0;
}

/** Whether it was to go so long ago that something holds it. @param now milliseconds */
export function isStuck({ metadata }: VirtualMachineInstance, now: number): boolean {
  return Date.parse(metadata.deletionTimestamp ?? '') + STUCK_AFTER_MS <= now;
}
