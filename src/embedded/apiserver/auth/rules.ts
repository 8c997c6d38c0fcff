/** RBAC rules: what they allow, and whether some rules cover others. */
import { asArray, asString, isObject, type JsonValue } from '../base/json.ts';

export interface PolicyRule {
  verbs: readonly string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames: readonly string[];
  nonResourceURLs: readonly string[];
}

export type Access =
  | {
      verb: string;
      group: string;
      resource: string;
      subresource?: string | undefined;
      namespace?: string | undefined;
      name?: string | undefined;
    }
  | { verb: string; path: string };

export function readRules(rules: JsonValue | undefined): PolicyRule[] {
  const strings = (value: JsonValue | undefined) => asArray(value).map(asString);
  return asArray(rules).flatMap((rule) =>
    isObject(rule)
      ? [
          {
            verbs: strings(rule.verbs),
            apiGroups: strings(rule.apiGroups),
            resources: strings(rule.resources),
            resourceNames: strings(rule.resourceNames),
            nonResourceURLs: strings(rule.nonResourceURLs),
          },
        ]
      : [],
  );
}

export function allows(rule: PolicyRule, access: Access): boolean {
  if (!has(rule.verbs, access.verb)) return false;
  if ('path' in access) return rule.nonResourceURLs.some((pattern) => pathMatches(pattern, access.path));
  const { group, resource, subresource, name } = access;
  return (
    has(rule.apiGroups, group) &&
    resourceMatches(rule.resources, resource, subresource) &&
    (rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name)))
  );
}

/** The single rights of a rule that the held rules don't cover, each as a rule of its own. */
export function uncovered(rule: PolicyRule, held: readonly PolicyRule[]): PolicyRule[] {
  return singleRules(rule).filter((single) => !held.some((holder) => covers(holder, single)));
}

function singleRules(rule: PolicyRule): PolicyRule[] {
  const empty = { apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [] };
  const names = rule.resourceNames.length === 0 ? [undefined] : rule.resourceNames;
  const resources = rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((name) => ({
          ...empty,
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames: name === undefined ? [] : [name],
        })),
      ),
    ),
  );
  const paths = rule.nonResourceURLs.flatMap((url) =>
    rule.verbs.map((verb) => ({ ...empty, verbs: [verb], nonResourceURLs: [url] })),
  );
  return [...resources, ...paths];
}

/** `single` has one verb, group, resource, name and path at most. */
function covers(holder: PolicyRule, single: PolicyRule): boolean {
  const [verb = ''] = single.verbs;
  if (!has(holder.verbs, verb)) return false;
  const [url] = single.nonResourceURLs;
  if (url !== undefined) return holder.nonResourceURLs.some((pattern) => pathMatches(pattern, url));
  const [resource = '', subresource] = (single.resources[0] ?? '').split('/');
  const [name] = single.resourceNames;
  return (
    has(holder.apiGroups, single.apiGroups[0] ?? '') &&
    (resource === '*' && subresource === undefined
      ? holder.resources.includes('*')
      : resourceMatches(holder.resources, resource, subresource)) &&
    (holder.resourceNames.length === 0 || (name !== undefined && holder.resourceNames.includes(name)))
  );
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function resourceMatches(list: readonly string[], resource: string, subresource: string | undefined): boolean {
  if (subresource === undefined || subresource === '') return has(list, resource);
  return has(list, `${resource}/${subresource}`) || list.includes(`*/${subresource}`);
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}

/** Single rights on the same thing as one rule, in the order that the API server tells them in. */
export function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const byTarget = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const { verbs, ...target } = rule;
    const key = JSON.stringify(rule.nonResourceURLs.length > 0 ? rule : target);
    const known = byTarget.get(key);
    byTarget.set(key, known ? { ...known, verbs: [...known.verbs, ...verbs] } : rule);
  }
  return [...byTarget.values()].sort((a, b) => (ruleText(a) < ruleText(b) ? -1 : 1));
}

/** As the API server prints a rule in a refusal. */
export function ruleText(rule: PolicyRule): string {
  const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
  if (rule.nonResourceURLs.length > 0) {
    return `{NonResourceURLs:${list(rule.nonResourceURLs)}, Verbs:${list(rule.verbs)}}`;
  }
  const names = rule.resourceNames.length > 0 ? `, ResourceNames:${list(rule.resourceNames)}` : '';
  return `{APIGroups:${list(rule.apiGroups)}, Resources:${list(rule.resources)}${names}, Verbs:${list(rule.verbs)}}`;
}
