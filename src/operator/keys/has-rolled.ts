import { LABEL_COMPONENT } from '../../api/names.ts';
import type { Deployment, Pod } from '../../kube/resources.ts';
import { ANNOTATION_KEY_SHA256 } from '../desired/deployment.ts';
import { mountedSecret } from '../desired/mounts.ts';
import type { KeyInUse } from './key-succession.ts';

/**
 * Whether all server pods have this key, and none another, as far as the cluster has told.
 * @param pods of the server
 * @param key undefined: none is mounted, as each makes its own
 */
export function hasRolled(deployment: Deployment | undefined, pods: Pod[], key: KeyInUse | undefined): boolean {
  return (!deployment || isSettled(deployment, key)) && pods.filter(isServing).every((pod) => carries(pod, key));
}

function isSettled({ metadata, spec, status = {} }: Deployment, key: KeyInUse | undefined): boolean {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
  return (
    carries(spec?.template, key) &&
    status.observedGeneration === metadata.generation &&
    updatedReplicas === replicas &&
    readyReplicas === replicas
  );
}

/** One that is being ended still is. */
function isServing({ metadata, status }: Pod): boolean {
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return metadata.labels?.[LABEL_COMPONENT] === 'server' && !isOver;
}

function carries(
  pod: (Pick<Partial<Pod>, 'spec'> & { metadata?: { annotations?: Record<string, string> } }) | undefined,
  key: KeyInUse | undefined,
): boolean {
  return (
    pod?.metadata?.annotations?.[ANNOTATION_KEY_SHA256] === key?.sha256 &&
    mountedSecret(pod?.spec, 'key') === key?.secretName
  );
}
