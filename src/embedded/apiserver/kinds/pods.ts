import { duplicate, type FieldError, forbiddenField, notSupported, required } from '../base/field-error.ts';
import { asArray, asString, equal, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, statusOf, without } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { fillPodSpec } from './pod-defaults.ts';

const DEFAULT_GRACE_SECONDS = 30;
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

export const pods: Behaviour = {
  fillDefaults(draft) {
    draft.spec = specOf(draft);
    fillPodSpec(specOf(draft));
    specOf(draft).enableServiceLinks ??= true;
    const { podIP, podIPs } = statusOf(draft);
    if (podIP && podIPs === undefined) statusOf(draft).podIPs = [{ ip: podIP }];
  },
  prepareCreate(draft) {
    draft.status = { phase: 'Pending', qosClass: qosClass(draft) };
    const spec = specOf(draft);
    spec.serviceAccountName ??= 'default';
    spec.serviceAccount ??= spec.serviceAccountName;
    spec.priority ??= 0;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
    spec.tolerations = [...asArray(spec.tolerations), ...missingTolerations(spec)];
  },
  validate: (object) => podSpecErrors(specOf(object), 'spec'),
  validateUpdate(object, old) {
    const count = (pod: StoredObject) => asArray(specOf(pod).containers).length;
    if (count(object) !== count(old)) {
      return [forbiddenField('spec.containers', 'pod updates may not add or remove containers')];
    }
    const changed = (pod: StoredObject) => mutableFieldsRemoved(specOf(pod));
    if (equal(changed(object), changed(old))) return [];
    const rule =
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
    return [forbiddenField('spec', rule)];
  },
  /** A pod that no node runs, or that has ended, has nobody to wait for. */
  graceSeconds(object, asked) {
    const phase = statusOf(object).phase;
    if (!specOf(object).nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
    const own = specOf(object).terminationGracePeriodSeconds;
    return asked ?? (typeof own === 'number' ? own : DEFAULT_GRACE_SECONDS);
  },
};

export function podSpecErrors(spec: JsonObject, path: string): FieldError[] {
  const containers = asArray(spec.containers).filter((container) => isObject(container));
  const names = new Set<string>();
  const errors = containers.length === 0 ? [required(`${path}.containers`)] : [];
  const policy = asString(spec.restartPolicy);
  if (!RESTART_POLICIES.includes(policy)) errors.push(notSupported(`${path}.restartPolicy`, policy, RESTART_POLICIES));
  const each = containers.flatMap((container, index) => {
    const at = `${path}.containers[${index}]`;
    const name = asString(container.name);
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (!container.image) errors.push(required(`${at}.image`));
    return errors;
  });
  return [...each, ...errors];
}

function mutableFieldsRemoved(spec: JsonObject): JsonObject {
  const withoutImages = (list: JsonObject[string]) =>
    asArray(list).map((container) => (isObject(container) ? without(container, 'image') : container));
  return {
    ...without(spec, 'activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds', 'schedulingGates'),
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
  };
}

function qosClass(pod: StoredObject): string {
  const containers = asArray(specOf(pod).containers).filter((container) => isObject(container));
  const resources = containers.map((container) => (isObject(container.resources) ? container.resources : {}));
  if (resources.every((each) => Object.keys(each).length === 0)) return 'BestEffort';
  const guaranteed = resources.every(
    (each) =>
      isObject(each.limits) &&
      each.limits.cpu !== undefined &&
      each.limits.memory !== undefined &&
      (each.requests === undefined || equal(each.requests, each.limits)),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** What every pod tolerates for five minutes. */
function missingTolerations(spec: JsonObject): JsonObject[] {
  const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  const present = asArray(spec.tolerations).flatMap((each) => (isObject(each) ? [asString(each.key)] : []));
  return keys
    .filter((key) => !present.includes(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
}
