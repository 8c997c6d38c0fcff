/** Which writes a policy is about. */
import { asArray, asObject, asObjects, isObject, type JsonObject } from '../../base/json.ts';
import { labelsOf, type StoredObject } from '../../base/kube-object.ts';
import type { Operation, ResourceRequest } from '../../handlers/context.ts';
import { selects } from '../../kinds/selectors.ts';

export interface Write {
  request: ResourceRequest;
  operation: Operation;
  /** Absent for a delete. */
  object: StoredObject | undefined;
  /** Absent for what is new. */
  oldObject: StoredObject | undefined;
  /** Of the namespace that the object is in; absent where it is in none. */
  namespaceLabels: Record<string, string> | undefined;
}

/** @param withoutRules which resources are meant where no rules say it */
export function matchesResources(match: JsonObject, write: Write, withoutRules: 'all' | 'none'): boolean {
  const { namespaceLabels, object, oldObject } = write;
  const rules = asObjects(match.resourceRules);
  const isRuled = rules.length === 0 ? withoutRules === 'all' : rules.some((rule) => matchesRule(rule, write));
  if (!isRuled || asObjects(match.excludeResourceRules).some((rule) => matchesRule(rule, write))) return false;
  if (namespaceLabels && !selects(asObject(match.namespaceSelector), namespaceLabels)) return false;
  return [object, oldObject].some((each) => isObject(each) && selects(asObject(match.objectSelector), labelsOf(each)));
}

function matchesRule(rule: JsonObject, { request, operation, object, oldObject }: Write): boolean {
  const { resource, subresource, namespace } = request;
  const names = asArray(rule.resourceNames);
  const has = (list: JsonObject[string], value: string) => asArray(list).some((each) => each === '*' || each === value);
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, resource.group) &&
    has(rule.apiVersions, resource.version) &&
    asArray(rule.resources).some((each) => matchesPath(String(each), resource.plural, subresource)) &&
    (names.length === 0 || names.includes((object ?? oldObject)?.metadata.name ?? '')) &&
    (rule.scope === undefined || rule.scope === '*' || rule.scope === (namespace ? 'Namespaced' : 'Cluster'))
  );
}

function matchesPath(pattern: string, plural: string, subresource = ''): boolean {
  const [resource, below = ''] = pattern.split('/');
  return (resource === '*' || resource === plural) && (below === subresource || below === '*');
}
