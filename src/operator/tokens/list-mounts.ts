import { LABEL_COMPONENT } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { keyOf } from '../../kube/objects.ts';
import type { Pod } from '../../kube/resources.ts';
import { type Caches, INDEX_BY_SERVER } from '../context.ts';
import { objectNames } from '../desired/ownership.ts';
import { tokenListName } from './token-list-name.ts';

type Seen = Pick<Caches, 'pods' | 'deployments'>;

/** Whether a server pod has the list mounted, or one may come that does. */
export function isListMounted(server: AnweddolServer, { pods, deployments }: Seen): boolean {
  const name = tokenListName(server);
  const isMountedBy = (spec: Pod['spec']) => spec?.volumes?.some(({ secret }) => secret?.secretName === name) ?? false;
  const { namespace } = server.metadata;
  const template = deployments.get(keyOf({ namespace, name: objectNames(server).deployment }))?.spec?.template;
  return isMountedBy(template?.spec) || serverPods(server, pods).some(({ spec }) => isMountedBy(spec));
}

/** Whether a server pod has not started yet: it may wait for the list. */
export function hasWaitingPod(server: AnweddolServer, { pods }: Pick<Seen, 'pods'>): boolean {
  return serverPods(server, pods).some(
    ({ metadata, status }) => !metadata.deletionTimestamp && (status?.phase ?? 'Pending') === 'Pending',
  );
}

function serverPods(server: AnweddolServer, pods: Caches['pods']): Pod[] {
  return pods
    .byIndex(INDEX_BY_SERVER, keyOf(server.metadata))
    .filter(({ metadata }) => metadata.labels?.[LABEL_COMPONENT] === 'server');
}
