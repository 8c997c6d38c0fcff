/** Kinds whose tables have a column or two of their own. */
import { asArray, asObject, asString } from '../base/json.ts';
import { isEnding, specOf } from '../base/kube-object.ts';
import type { Column } from './column.ts';
import { count, integer, NAME, numberAt, text, textAt, wide } from './common-columns.ts';
import { selectorText } from './selector-text.ts';

export const configMapColumns: readonly Column[] = [
  count('Data', (object) => Object.keys({ ...asObject(object.data), ...asObject(object.binaryData) }).length),
];

export const secretColumns: readonly Column[] = [
  text('Type', (object) => asString(object.type)),
  count('Data', (object) => Object.keys(asObject(object.data)).length),
];

export const namespaceColumns: readonly Column[] = [
  text('Status', (object) => (isEnding(object) ? 'Terminating' : textAt(object, ['status', 'phase'], 'Active'))),
];

export const claimColumns: readonly Column[] = [
  text('Status', (object) => textAt(object, ['status', 'phase'], 'Pending')),
  text('Volume', (object) => textAt(object, ['spec', 'volumeName'], '')),
  text('Capacity', (object) => textAt(object, ['status', 'capacity', 'storage'], '')),
  text('Access Modes', (object) => asArray(specOf(object).accessModes).map(asString).join(',')),
  text('StorageClass', (object) => textAt(object, ['spec', 'storageClassName'], '')),
];

export const bindingColumns: readonly Column[] = [
  text('Role', (object) => `${textAt(object, ['roleRef', 'kind'], '')}/${textAt(object, ['roleRef', 'name'], '')}`),
  wide('Users', (object) => subjects(object.subjects, 'User')),
  wide('Groups', (object) => subjects(object.subjects, 'Group')),
  wide('ServiceAccounts', (object) => subjects(object.subjects, 'ServiceAccount')),
];

/** Roles and definitions tell when they were made, not how long ago. */
export const createdAtTable: readonly Column[] = [
  NAME,
  { name: 'Created At', type: 'date', cell: (object) => object.metadata.creationTimestamp ?? '' },
];

export const leaseColumns: readonly Column[] = [
  text('Holder', (object) => textAt(object, ['spec', 'holderIdentity'], '')),
];

export const networkPolicyColumns: readonly Column[] = [
  text('Pod-Selector', (object) => selectorText(specOf(object).podSelector)),
];

export const budgetColumns: readonly Column[] = [
  text('Min Available', (object) => textAt(object, ['spec', 'minAvailable'], 'N/A')),
  text('Max Unavailable', (object) => textAt(object, ['spec', 'maxUnavailable'], 'N/A')),
  integer('Allowed Disruptions', (object) => numberAt(object, ['status', 'disruptionsAllowed'])),
];

export const admissionPolicyColumns: readonly Column[] = [
  count('Validations', (object) => asArray(specOf(object).validations).length),
  text('ParamKind', () => '<unset>'),
];

export const admissionPolicyBindingColumns: readonly Column[] = [
  text('PolicyName', (object) => textAt(object, ['spec', 'policyName'], '')),
  text('ParamRef', () => '<unset>'),
];

function subjects(list: Parameters<typeof asArray>[0], kind: string): string {
  const found = asArray(list)
    .map(asObject)
    .filter((subject) => subject.kind === kind);
  return found
    .map(({ name, namespace }) => (namespace ? `${asString(namespace)}/${asString(name)}` : asString(name)))
    .join(', ');
}
