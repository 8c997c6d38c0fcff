import { type FieldError, invalidValue, required } from '../base/field-error.ts';
import { asObject, equal, type JsonObject } from '../base/json.ts';
import { labelsOf, type StoredObject, specOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { fillPodSpec } from './pod-defaults.ts';
import { podSpecErrors } from './pods.ts';

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
  validate: workloadErrors,
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
  const matchLabels = asObject(selector.matchLabels);
  const labels = labelsOf(template);
  const isEmpty = Object.keys(selector).length === 0;
  if (isEmpty) errors.push(required('spec.selector'));
  if (isEmpty || Object.entries(matchLabels).some(([key, value]) => labels[key] !== value)) {
    const shown = Object.keys(labels).length === 0 ? null : labels;
    errors.push(invalidValue('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'));
  }
  return [...errors, ...podSpecErrors(asObject(template.spec), 'spec.template.spec')];
}

function selectorIsImmutable(object: StoredObject, old: StoredObject): FieldError[] {
  const selector = specOf(object).selector;
  return equal(selector, specOf(old).selector) ? [] : [invalidValue('spec.selector', selector, 'field is immutable')];
}
