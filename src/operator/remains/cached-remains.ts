import { LABEL_COMPONENT } from '../../api/names.ts';
import { type KubeObject, keyOf, type ObjectName, type Resource } from '../../kube/objects.ts';
import {
  ConfigMap,
  Deployment,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
} from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { isApplied } from '../apply.ts';
import { type Caches, INDEX_BY_SERVER } from '../context.ts';
import { isLeftOver } from './left-over.ts';

export type RemainsCaches = Pick<
  Caches,
  | 'servers'
  | 'accounts'
  | 'roles'
  | 'roleBindings'
  | 'configMaps'
  | 'deployments'
  | 'budgets'
  | 'policies'
  | 'services'
  | 'pods'
  | 'machines'
>;

export interface Remain {
  resource: Resource;
  object: KubeObject;
}

/** What the caches show that a server has left behind, if it is gone. */
export function cachedRemains(server: ObjectName, caches: RemainsCaches): { policies: Remain[]; others: Remain[] } {
  const left = <T extends KubeObject>(
    resource: Resource<T>,
    cache: Pick<Store<T>, 'byIndex'>,
    isMade: (object: T) => boolean = isApplied,
  ): Remain[] =>
    cache
      .byIndex(INDEX_BY_SERVER, keyOf(server))
      .filter((object) => isLeftOver(object, server) && isMade(object))
      .map((object) => ({ resource, object }));
  return {
    policies: left(NetworkPolicy, caches.policies),
    others: [
      ...left(Deployment, caches.deployments),
      ...left(PodDisruptionBudget, caches.budgets),
      ...left(Service, caches.services),
      ...left(Pod, caches.pods, isIsoCheck),
      ...left(RoleBinding, caches.roleBindings),
      ...left(Role, caches.roles),
      ...left(ServiceAccount, caches.accounts),
      ...left(ConfigMap, caches.configMaps),
    ],
  };
}

/** Server pods go with their Deployment. */
function isIsoCheck({ metadata }: Pod): boolean {
  return metadata.labels?.[LABEL_COMPONENT] === 'iso-check';
}
