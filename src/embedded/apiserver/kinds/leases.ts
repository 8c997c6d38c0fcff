import { type FieldError, invalidValue } from '../base/field-error.ts';
import { specOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';

export const leases: Behaviour = {
  fillDefaults(draft) {
    draft.spec ??= {};
    // Without the feature that it belongs to, nobody may set it.
    delete specOf(draft).strategy;
    delete specOf(draft).preferredHolder;
  },
  validate(object) {
    const { leaseDurationSeconds, leaseTransitions } = specOf(object);
    const errors: FieldError[] = [];
    if (typeof leaseDurationSeconds === 'number' && leaseDurationSeconds <= 0) {
      errors.push(invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
    }
    if (typeof leaseTransitions === 'number' && leaseTransitions < 0) {
      errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
    }
    return errors;
  },
};
