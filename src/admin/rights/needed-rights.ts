/** The rights that an operator needs, one by one; pure. */
import type { Attributes } from '../cluster/resources.ts';
import { leaderRules, OPERATOR_RULES, type OperatorRule } from './operator-rules.ts';

export interface NeededRight {
  attributes: Attributes;
  /** What it is for, where an operator may do without; see {@link OperatorRule}. */
  onlyFor?: string;
}

interface Scope {
  /** That it looks at; none: all. */
  namespaces: readonly string[];
  /** Undefined: it takes no Lease. */
  lease: { namespace: string; name: string } | undefined;
}

export function neededRights({ namespaces, lease }: Scope): NeededRight[] {
  const places = namespaces.length > 0 ? namespaces : [undefined];
  const inPlace = (rule: OperatorRule) => (rule.isOfCluster ? [undefined] : places);
  return [
    ...OPERATOR_RULES.flatMap((rule) => inPlace(rule).flatMap((namespace) => rightsOf(rule, namespace))),
    ...(lease ? leaderRules(lease.name).flatMap((rule) => rightsOf(rule, lease.namespace)) : []),
  ];
}

function rightsOf({ group, resources, verbs, name, onlyFor }: OperatorRule, namespace: string | undefined) {
  return resources.flatMap((path) =>
    verbs.map((verb): NeededRight => {
      const [resource = '', subresource] = path.split('/');
      const attributes = {
        ...{ verb, group, resource },
        ...(subresource && { subresource }),
        ...(name && { name }),
        ...(namespace && { namespace }),
      };
      return { attributes, ...(onlyFor && { onlyFor }) };
    }),
  );
}

/** Such as `create, patch pods, services in lab; list nodes`. */
export function rightsText(rights: readonly NeededRight[]): string {
  const verbsOf = grouped(rights, ({ attributes }) => `${typeText(attributes)}\n${attributes.namespace ?? ''}`);
  const byVerbs = [...verbsOf].map(([what, all]) => {
    const [type = '', namespace = ''] = what.split('\n');
    return { type, namespace, verbs: all.map(({ attributes }) => attributes.verb).join(', ') };
  });
  const phrases = grouped(byVerbs, ({ verbs, namespace }) => `${verbs}\n${namespace}`);
  return [...phrases]
    .map(([key, all]) => {
      const [verbs, namespace] = key.split('\n');
      return `${verbs} ${all.map(({ type }) => type).join(', ')}${namespace ? ` in ${namespace}` : ''}`;
    })
    .join('; ');
}

function typeText({ group, resource, subresource, name }: Attributes): string {
  const type = group ? `${resource}.${group}` : resource;
  return `${type}${subresource ? `/${subresource}` : ''}${name ? ` "${name}"` : ''}`;
}

/** In the order in which each key came first. */
function grouped<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
