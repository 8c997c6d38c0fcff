/** How far the deletion of a namespace has come, as `kubectl describe namespace` shows it. */
import type { V1NamespaceCondition } from '@kubernetes/client-node';
import type { Json, KubeObject, Resource } from '../../../kube/objects.ts';
import type { Namespace } from '../../../kube/resources.ts';

type Condition = Json<V1NamespaceCondition>;

/** An object that is in the namespace still. */
export interface Remaining {
  resource: Resource;
  object: KubeObject;
}

export function deletionConditions(namespace: Namespace, left: readonly Remaining[], now: string): Condition[] {
  const finalizers = left.flatMap(({ object }) => object.metadata.finalizers ?? []);
  const kinds = left.map(({ resource: { group, plural } }) => (group === '' ? `${plural}.` : `${plural}.${group}`));
  const told: [string, boolean, string, string][] = [
    ['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    left.length > 0
      ? [
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${instances(kinds, 'resource instances')}`,
        ]
      : ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'],
    finalizers.length > 0
      ? [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${instances(finalizers, 'resource instances', 'in ')}`,
        ]
      : ['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ];
  return told.map(([type, isTrue, reason, message]) => {
    const status = isTrue ? 'True' : 'False';
    const before = namespace.status?.conditions?.find((one) => one.type === type);
    const since = before?.status === status ? (before.lastTransitionTime ?? now) : now;
    return { type, status, lastTransitionTime: since, reason, message };
  });
}

/** `configmaps. has 2 resource instances, pods. has 1 resource instances`. */
function instances(names: string[], what: string, place = ''): string {
  const count = (name: string) => names.filter((other) => other === name).length;
  const verb = place === '' ? 'has ' : place;
  return [...new Set(names)]
    .sort()
    .map((name) => `${name} ${verb}${count(name)} ${what}`)
    .join(', ');
}
