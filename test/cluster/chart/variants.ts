import type { KubeObject } from '../../../src/kube/objects.ts';
import { FULL_VALUES } from '../../unit/chart/full-values.ts';

/** Values that together make every object that the chart can make. */
export const VARIANTS: Record<string, object> = {
  'the defaults': {},
  everything: FULL_VALUES,
  'some namespaces': { scope: { namespaces: ['a', 'b'], readCluster: true } },
  'monitored by pod': { metrics: { podMonitor: { enabled: true } } },
};

/** Objects as a stream of YAML documents. */
export function manifestText(objects: KubeObject[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
