import { type FieldError, forbiddenField, invalidValue } from '../base/field-error.ts';
import { asArray, asObject, equal, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, statusOf, without } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { podSpecErrors } from './pod/pod-spec.ts';
import { fillPodSpec } from './pod-defaults.ts';

const DEFAULT_GRACE_SECONDS = 30;

export const pods: Behaviour = {
  fillDefaults(draft) {
    draft.spec = specOf(draft);
    fillPodSpec(specOf(draft));
    specOf(draft).enableServiceLinks ??= true;
    const { podIP, podIPs } = statusOf(draft);
    if (podIP && podIPs === undefined) statusOf(draft).podIPs = [{ ip: podIP }];
    fillStatus(statusOf(draft));
  },
  prepareCreate(draft, { now }) {
    const spec = specOf(draft);
    const conditions = asArray(spec.schedulingGates).length > 0 ? [gatedCondition(now)] : undefined;
    draft.status = { phase: 'Pending', qosClass: qosClass(draft), ...(conditions && { conditions }) };
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
    const shortened = deadlineErrors(object, old);
    if (shortened.length > 0) return shortened;
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

function mutableFieldsRemoved(spec: JsonObject): JsonObject {
  const withoutImages = (list: JsonObject[string]) =>
    asArray(list).map((container) => (isObject(container) ? without(container, 'image') : container));
  return {
    ...without(spec, 'activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds', 'schedulingGates'),
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
  };
}

function deadlineErrors(object: StoredObject, old: StoredObject): FieldError[] {
  const before = specOf(old).activeDeadlineSeconds;
  const after = specOf(object).activeDeadlineSeconds;
  if (typeof before !== 'number') return [];
  if (typeof after === 'number' && after <= before) return [];
  const why =
    typeof after === 'number'
      ? 'must be less than or equal to previous value'
      : 'must not update from a positive integer to nil value';
  return [invalidValue('spec.activeDeadlineSeconds', after ?? null, why)];
}

function gatedCondition(now: string): JsonObject {
  return {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: null,
    lastTransitionTime: now,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
}

/** Times and states that nobody told are there all the same. */
function fillStatus(status: JsonObject): void {
  for (const condition of asArray(status.conditions)) {
    if (!isObject(condition)) continue;
    condition.lastProbeTime ??= null;
    condition.lastTransitionTime ??= null;
  }
  for (const member of ['containerStatuses', 'initContainerStatuses']) {
    for (const one of asArray(status[member])) {
      if (!isObject(one)) continue;
      one.lastState ??= {};
      one.state ??= {};
    }
  }
}

/** By what the containers ask for of processors and memory; devices don't count. */
function qosClass(pod: StoredObject): string {
  const containers = [...asArray(specOf(pod).containers), ...asArray(specOf(pod).initContainers)].map(asObject);
  const amounts = containers.map(({ resources }) => {
    const { limits, requests } = asObject(resources);
    const counted = (amounts: JsonObject[string]) =>
      Object.fromEntries(
        ['cpu', 'memory'].flatMap((name) => {
          const amount = asObject(amounts)[name];
          return amount === undefined || amount === '0' ? [] : [[name, amount]];
        }),
      );
    return { limits: counted(limits), requests: counted(requests) };
  });
  const count = (amount: JsonObject) => Object.keys(amount).length;
  if (amounts.every(({ limits, requests }) => count(limits) + count(requests) === 0)) return 'BestEffort';
  const isGuaranteed = amounts.every(({ limits, requests }) => count(limits) === 2 && equal(limits, requests));
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** What every pod tolerates for five minutes. */
function missingTolerations(spec: JsonObject): JsonObject[] {
  const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  const present = asArray(spec.tolerations).map(asObject);
  const isTolerated = (key: string) =>
    present.some((one) => (one.key === key || !one.key) && (!one.effect || one.effect === 'NoExecute'));
  return keys
    .filter((key) => !isTolerated(key))
    .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));
}
