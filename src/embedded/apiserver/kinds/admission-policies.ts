import { policyEnvironment } from '../admission/policies/environment.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asObjects, asString, type JsonObject } from '../base/json.ts';
import { specOf } from '../base/kube-object.ts';
import { expressionProblem } from '../cel/compile.ts';
import type { Behaviour } from '../registry/resource.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];

export const admissionPolicies: Behaviour = {
  fillDefaults(draft) {
    const spec = specOf(draft);
    spec.failurePolicy ??= 'Fail';
    fillMatch(spec.matchConstraints);
  },
  validate(object) {
    const spec = specOf(object);
    const errors: FieldError[] = [];
    if (spec.paramKind !== undefined) errors.push(forbiddenField('spec.paramKind', 'parameters are not served here'));
    if (spec.matchConstraints === undefined) errors.push(required('spec.matchConstraints'));
    else if (asArray(asObject(spec.matchConstraints).resourceRules).length === 0) {
      errors.push(required('spec.matchConstraints.resourceRules'));
    }
    if (asArray(spec.validations).length === 0 && asArray(spec.auditAnnotations).length === 0) {
      const why = 'validations or auditAnnotations must contain at least one item';
      errors.push(required('spec.validations', why), required('spec.auditAnnotations', why));
    }
    return [...errors, ...expressionErrors(spec)];
  },
};

export const admissionPolicyBindings: Behaviour = {
  fillDefaults: (draft) => fillMatch(specOf(draft).matchResources),
  validate(object) {
    const { policyName, validationActions } = specOf(object);
    const actions = asArray(validationActions);
    return [
      ...(policyName ? [] : [required('spec.policyName')]),
      ...(actions.length > 0 ? [] : [required('spec.validationActions', 'at least one validation action is required')]),
      ...actions.flatMap((action, index) =>
        ACTIONS.includes(asString(action)) ? [] : [notSupported(`spec.validationActions[${index}]`, action, ACTIONS)],
      ),
    ];
  },
};

function fillMatch(match: JsonObject[string]): void {
  if (match === undefined) return;
  const target = asObject(match);
  target.matchPolicy ??= 'Equivalent';
  target.namespaceSelector ??= {};
  target.objectSelector ??= {};
  for (const rule of [...asObjects(target.resourceRules), ...asObjects(target.excludeResourceRules)])
    rule.scope ??= '*';
}

function expressionErrors(spec: JsonObject): FieldError[] {
  const environment = policyEnvironment();
  const problem = (path: string, text: JsonObject[string], wanted: 'bool' | 'string'): FieldError[] => {
    if (text === undefined) return [];
    const why = expressionProblem(environment, asString(text), wanted);
    if (!why) return [];
    return [invalidValue(path, text, why.startsWith('compilation failed') ? why : `must evaluate to ${wanted}`)];
  };
  return [
    ...asObjects(spec.matchConditions).flatMap(({ expression }, index) =>
      problem(`spec.matchConditions[${index}].expression`, expression, 'bool'),
    ),
    ...asObjects(spec.validations).flatMap(({ expression, messageExpression }, index) => [
      ...problem(`spec.validations[${index}].expression`, expression, 'bool'),
      ...problem(`spec.validations[${index}].messageExpression`, messageExpression, 'string'),
    ]),
  ];
}
