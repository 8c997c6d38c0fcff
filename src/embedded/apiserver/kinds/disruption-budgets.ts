import { type FieldError, invalidValue, notSupported } from '../base/field-error.ts';
import { asObject, asString } from '../base/json.ts';
import { specOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { intOrPercentErrors } from './int-or-percent.ts';
import { selectorErrors } from './selectors.ts';

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export const podDisruptionBudgets: Behaviour = {
  prepareCreate(draft) {
    draft.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
  validate(object) {
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = specOf(object);
    const errors: FieldError[] = [];
    if (minAvailable !== undefined && maxUnavailable !== undefined) {
      const shown = {
        MinAvailable: minAvailable,
        Selector: selector ?? null,
        MaxUnavailable: maxUnavailable,
        UnhealthyPodEvictionPolicy: policy ?? null,
      };
      errors.push(invalidValue('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
    }
    errors.push(...intOrPercentErrors(minAvailable, 'spec.minAvailable', true));
    errors.push(...intOrPercentErrors(maxUnavailable, 'spec.maxUnavailable', true));
    if (policy !== undefined && !EVICTION_POLICIES.includes(asString(policy))) {
      errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES));
    }
    return [...errors, ...selectorErrors(asObject(selector), 'spec.selector')];
  },
};
