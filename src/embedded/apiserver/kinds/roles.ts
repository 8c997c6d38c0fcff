import { type FieldError, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asString, equal, type JsonObject } from '../base/json.ts';
import type { Behaviour } from '../registry/resource.ts';

const RBAC = 'rbac.authorization.k8s.io';
const SUBJECTS = ['ServiceAccount', 'User', 'Group'];

export const roles: Behaviour = {
  fillDefaults(draft) {
    draft.rules ??= null;
    if (draft.rules === null) delete draft.rules;
  },
  validate(object) {
    return asArray(object.rules).flatMap((each, index) => {
      const rule = asObject(each);
      const path = `rules[${index}]`;
      const errors: FieldError[] = [];
      if (asArray(rule.verbs).length === 0)
        errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
      if (asArray(rule.nonResourceURLs).length > 0) {
        if (object.kind === 'Role')
          errors.push(
            invalidValue(
              `${path}.nonResourceURLs`,
              rule.nonResourceURLs,
              'namespaced rules cannot apply to non-resource URLs',
            ),
          );
        if (asArray(rule.apiGroups).length > 0 || asArray(rule.resources).length > 0) {
          const why = 'rules cannot apply to both regular resources and non-resource URLs';
          errors.push(invalidValue(`${path}.nonResourceURLs`, rule.nonResourceURLs, why));
        }
        return errors;
      }
      if (asArray(rule.apiGroups).length === 0)
        errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
      if (asArray(rule.resources).length === 0)
        errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
      return errors;
    });
  },
};

export const roleBindings: Behaviour = {
  fillDefaults(draft) {
    const roleRef = asObject(draft.roleRef);
    draft.roleRef = roleRef;
    roleRef.apiGroup ??= RBAC;
    for (const each of asArray(draft.subjects)) {
      const subject = asObject(each);
      if (!subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group')) subject.apiGroup = RBAC;
    }
  },
  validate(object) {
    const roleRef = asObject(object.roleRef);
    const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
    const errors: FieldError[] = [];
    if (roleRef.apiGroup !== RBAC) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup, [RBAC]));
    if (!kinds.includes(asString(roleRef.kind))) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds));
    if (!roleRef.name) errors.push(required('roleRef.name'));
    asArray(object.subjects).forEach((each, index) => {
      const subject = asObject(each);
      const path = `subjects[${index}]`;
      if (!subject.name) errors.push(required(`${path}.name`));
      if (!SUBJECTS.includes(asString(subject.kind)))
        errors.push(notSupported(`${path}.kind`, subject.kind ?? '', SUBJECTS));
      if (subject.kind === 'ServiceAccount' && !subject.namespace && object.kind === 'ClusterRoleBinding') {
        errors.push(required(`${path}.namespace`));
      }
    });
    return errors;
  },
  validateUpdate: (object, old) =>
    equal(object.roleRef, old.roleRef)
      ? []
      : [invalidValue('roleRef', asGoPrintsIt(asObject(object.roleRef)), 'cannot change roleRef')],
};

function asGoPrintsIt({ apiGroup, kind, name }: JsonObject): JsonObject {
  return { APIGroup: apiGroup, Kind: kind, Name: name };
}
