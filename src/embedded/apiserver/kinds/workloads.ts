import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asObject, equal, type JsonObject } from '../base/json.ts';
import { labelsOf, type StoredObject, specOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { intOrPercentErrors } from './int-or-percent.ts';
import { annotationErrors, labelErrors } from './key-errors.ts';
import { podSpecErrors } from './pod/pod-spec.ts';
import { fillPodSpec } from './pod-defaults.ts';
import { selectorErrors, selects } from './selectors.ts';

export const deployments: Behaviour = {
  fillDefaults(draft) {
    const spec = fillWorkload(draft);
    spec.strategy ??= {};
    const strategy = asObject(spec.strategy);
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate ??= {};
      const rolling = asObject(strategy.rollingUpdate);
      rolling.maxUnavailable ??= '25%';
      rolling.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },
  prepareCreate(draft) {
    draft.status = {};
  },
  validate: (object) => [...workloadErrors(object), ...strategyErrors(specOf(object))],
  validateUpdate: selectorIsImmutable,
};

export const replicaSets: Behaviour = {
  fillDefaults: (draft) => void fillWorkload(draft),
  prepareCreate(draft) {
    draft.status = { replicas: 0 };
  },
  validate: workloadErrors,
  validateUpdate: selectorIsImmutable,
};

function fillWorkload(draft: StoredObject): JsonObject {
  const spec = specOf(draft);
  draft.spec = spec;
  spec.replicas ??= 1;
  const template = asObject(spec.template);
  spec.template = template;
  template.spec ??= {};
  fillPodSpec(asObject(template.spec));
  return spec;
}

function workloadErrors(object: StoredObject): FieldError[] {
  const spec = specOf(object);
  const errors: FieldError[] = [];
  if (Number(spec.replicas) < 0) {
    errors.push(invalidValue('spec.replicas', spec.replicas, 'must be greater than or equal to 0'));
  }
  const template = asObject(spec.template);
  const selector = asObject(spec.selector);
  const labels = labelsOf(template);
  const isEmpty = Object.keys(selector).length === 0;
  if (isEmpty) errors.push(required('spec.selector'));
  const badSelector = selectorErrors(selector, 'spec.selector');
  if (badSelector.length > 0) {
    errors.push(...badSelector, invalidValue('spec.selector', selector, 'invalid label selector'));
  } else if (isEmpty || !selects(selector, labels)) {
    const shown = Object.keys(labels).length === 0 ? null : labels;
    errors.push(invalidValue('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'));
  }
  const metadata = asObject(template.metadata);
  errors.push(...labelErrors(asObject(metadata.labels), 'spec.template.labels'));
  errors.push(...annotationErrors(asObject(metadata.annotations), 'spec.template.annotations'));
  const { restartPolicy } = asObject(template.spec);
  if (restartPolicy !== 'Always') {
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  return [...errors, ...podSpecErrors(asObject(template.spec), 'spec.template.spec')];
}

function strategyErrors(spec: JsonObject): FieldError[] {
  const strategy = asObject(spec.strategy);
  const { maxSurge, maxUnavailable } = asObject(strategy.rollingUpdate);
  const path = 'spec.strategy.rollingUpdate';
  const errors: FieldError[] = [];
  if (strategy.type === 'Recreate') {
    if (strategy.rollingUpdate) {
      errors.push(forbiddenField(path, "may not be specified when strategy `type` is 'Recreate'"));
    }
  } else if (strategy.type !== 'RollingUpdate') {
    const shown = { Type: strategy.type, RollingUpdate: strategy.rollingUpdate ?? null };
    errors.push(notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate']));
  } else {
    errors.push(...intOrPercentErrors(maxSurge, `${path}.maxSurge`, false));
    errors.push(...intOrPercentErrors(maxUnavailable, `${path}.maxUnavailable`, true));
    if (isNone(maxSurge) && isNone(maxUnavailable)) {
      errors.push(invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
    }
  }
  if (Number(spec.progressDeadlineSeconds) <= Number(spec.minReadySeconds ?? 0)) {
    const why = 'must be greater than minReadySeconds';
    errors.push(invalidValue('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, why));
  }
  return errors;
}

function isNone(value: JsonObject[string]): boolean {
  return value === 0 || value === '0%';
}

function selectorIsImmutable(object: StoredObject, old: StoredObject): FieldError[] {
  const selector = specOf(object).selector;
  return equal(selector, specOf(old).selector) ? [] : [invalidValue('spec.selector', selector, 'field is immutable')];
}
