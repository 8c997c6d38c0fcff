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
  const { namespace } = server.metadata;
  const template = deployments.get(keyOf({ namespace, name: objectNames(server).deployment }))?.spec?.template;
  return mountsList(server, template?.spec) || serverPods(server, pods).some(({ spec }) => mountsList(server, spec));
}

/** Whether a server pod may have read a list: without one it would not have started. */
export function isListRead(server: AnweddolServer, { pods }: Pick<Seen, 'pods'>): boolean {
  return serverPods(server, pods).some((pod) => !isWaiting(pod) && mountsList(server, pod.spec));
}

/** Whether a server pod has not started yet: it may wait for the list. */
export function hasWaitingPod(server: AnweddolServer, { pods }: Pick<Seen, 'pods'>): boolean {
  return serverPods(server, pods).some((pod) => !pod.metadata.deletionTimestamp && isWaiting(pod));
}

function isWaiting({ status }: Pod): boolean {
  return (status?.phase ?? 'Pending') === 'Pending';
}

function mountsList(server: AnweddolServer, spec: Pod['spec']): boolean {
  const name = tokenListName(server);
  return spec?.volumes?.some(({ secret }) => secret?.secretName === name) ?? false;
}

function serverPods(server: AnweddolServer, pods: Caches['pods']): Pod[] {
  return pods
    .byIndex(INDEX_BY_SERVER, keyOf(server.metadata))
    .filter(({ metadata }) => metadata.labels?.[LABEL_COMPONENT] === 'server');
}
