import type { NetworkPolicy } from '../../kube/resources.ts';

type LabelSelector = NonNullable<NonNullable<NetworkPolicy['spec']>['podSelector']>;

export function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const label = labels[key];
      if (operator === 'Exists') return label !== undefined;
      if (operator === 'DoesNotExist') return label === undefined;
      const isIn = label !== undefined && values.includes(label);
      return operator === 'In' ? isIn : !isIn;
    })
  );
}
