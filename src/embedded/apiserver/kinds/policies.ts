/** NetworkPolicies, PodDisruptionBudgets and Leases: small rules, one place. */

import { type FieldError, invalidValue } from '../base/field-error.ts';
import { asArray, asObject, isObject, type JsonObject } from '../base/json.ts';
import { specOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { isCidr } from '../schema/formats.ts';

export const networkPolicies: Behaviour = {
  fillDefaults(draft) {
    const spec = specOf(draft);
    draft.spec = spec;
    for (const rule of [...rules(spec.ingress), ...rules(spec.egress)]) {
      for (const port of rules(rule.ports)) port.protocol ??= 'TCP';
    }
    spec.policyTypes ??= asArray(spec.egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate(object) {
    const spec = specOf(object);
    return [...directionErrors(spec.ingress, 'ingress', 'from'), ...directionErrors(spec.egress, 'egress', 'to')];
  },
};

export const podDisruptionBudgets: Behaviour = {
  prepareCreate(draft) {
    draft.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  },
};

export const leases: Behaviour = {
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

function rules(value: JsonObject[string]): JsonObject[] {
  return asArray(value).filter((item) => isObject(item));
}

function directionErrors(list: JsonObject[string], direction: string, peers: string): FieldError[] {
  return rules(list).flatMap((rule, index) =>
    rules(rule[peers]).flatMap((peer, position) => {
      if (!isObject(peer.ipBlock)) return [];
      const path = `spec.${direction}[${index}].${peers}[${position}].ipBlock`;
      const block = asObject(peer.ipBlock);
      return [
        ...cidrErrors(block.cidr, `${path}.cidr`),
        ...asArray(block.except).flatMap((each, number) => cidrErrors(each, `${path}.except[${number}]`)),
      ];
    }),
  );
}

function cidrErrors(value: JsonObject[string], path: string): FieldError[] {
  if (typeof value === 'string' && isCidr(value)) return [];
  return [invalidValue(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}
