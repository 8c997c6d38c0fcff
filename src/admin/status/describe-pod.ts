import type { Pod } from '../../kube/resources.ts';
import type { PodReport } from './report.ts';

export function podReport({ metadata, spec, status }: Pod): PodReport {
  const containers = status?.containerStatuses ?? [];
  const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  const waiting = containers.find(({ state }) => state?.waiting?.reason)?.state?.waiting?.reason;
  return {
    name: metadata.name,
    ready: isReady,
    state: metadata.deletionTimestamp ? 'Terminating' : (waiting ?? status?.reason ?? status?.phase ?? 'Unknown'),
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(spec?.nodeName && { node: spec.nodeName }),
    ...(metadata.creationTimestamp && { created: metadata.creationTimestamp }),
  };
}
