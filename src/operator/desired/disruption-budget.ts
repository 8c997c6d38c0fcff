import type { AnweddolServer } from '../../api/resources.ts';
import type { PodDisruptionBudget } from '../../kube/resources.ts';
import { objectNames, ownedMetadata, serverPodLabels } from './ownership.ts';

/** Keeps a drain from taking all server pods at a time. With one pod it would only block the drain. */
export function disruptionBudget(server: AnweddolServer): PodDisruptionBudget | undefined {
  if (server.spec.replicas < 2) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: ownedMetadata(server, objectNames(server).budget),
    spec: { maxUnavailable: 1, selector: { matchLabels: serverPodLabels(server) } },
  };
}
