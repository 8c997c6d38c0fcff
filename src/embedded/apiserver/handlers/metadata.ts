/** The rules of `metadata` that all kinds share. */

import { type FieldError, forbiddenField, invalidValue, required } from '../base/field-error.ts';
import { asArray, asObject, asString, equal, isObject, type JsonValue } from '../base/json.ts';
import { finalizersOf, isEnding, type StoredObject } from '../base/kube-object.ts';
import { annotationErrors, KEY_RULE, labelErrors, QUALIFIED } from '../kinds/key-errors.ts';
import { nameProblems } from '../kinds/names.ts';
import type { Resource } from '../registry/resource.ts';

const STANDARD_FINALIZERS = [
  'orphan',
  'foregroundDeletion',
  'kubernetes',
  'customresourcecleanup.apiextensions.k8s.io',
];

export function metadataErrors(object: StoredObject, resource: Resource): FieldError[] {
  const { metadata } = object;
  const { name = '', generateName = '' } = metadata;
  // What is generated ends well, whatever the prefix ends with.
  const prefix = generateName.replace(/-$/, 'a');
  const badPrefix = prefix === '' ? [] : nameProblems(prefix, resource.nameRule);
  const badName = name === '' ? [] : nameProblems(name, resource.nameRule);
  return [
    ...badPrefix.map((problem) => invalidValue('metadata.generateName', generateName, problem)),
    ...badName.map((problem) => invalidValue('metadata.name', name, problem)),
    ...(name === '' ? [required('metadata.name', 'name or generateName is required')] : []),
    ...labelErrors(asObject(metadata.labels), 'metadata.labels'),
    ...annotationErrors(asObject(metadata.annotations), 'metadata.annotations'),
    ...ownerErrors(asArray(metadata.ownerReferences)),
    ...finalizersOf(object).flatMap(finalizerErrors),
  ];
}

/** @param brought the object as the client has it */
export function metadataUpdateErrors(object: StoredObject, old: StoredObject, brought: StoredObject): FieldError[] {
  return [...endErrors(brought, old), ...finalizerUpdateErrors(object, old)];
}

/** Only a delete begins the end of an object. */
function endErrors(brought: StoredObject, old: StoredObject): FieldError[] {
  const keys = isEnding(old)
    ? (['deletionGracePeriodSeconds'] as const)
    : (['deletionTimestamp', 'deletionGracePeriodSeconds'] as const);
  return keys
    .filter((key) => (brought.metadata[key] ?? old.metadata[key]) !== old.metadata[key])
    .map((key) => invalidValue(`metadata.${key}`, brought.metadata[key], 'field is immutable'));
}

function finalizerUpdateErrors(object: StoredObject, old: StoredObject): FieldError[] {
  if (!isEnding(old)) return [];
  const before = finalizersOf(old);
  const added = finalizersOf(object).filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return [];
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(', ')}}`;
  return [forbiddenField('metadata.finalizers', detail)];
}

function finalizerErrors(finalizer: string, index: number): FieldError[] {
  if (!QUALIFIED.test(finalizer)) return [invalidValue('metadata.finalizers', finalizer, KEY_RULE)];
  if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return [];
  const detail = 'name is neither a standard finalizer name nor is it fully qualified';
  return [invalidValue(`metadata.finalizers[${index}]`, finalizer, detail)];
}

function ownerErrors(owners: JsonValue[]): FieldError[] {
  const errors: FieldError[] = [];
  const objects = owners.filter((owner) => isObject(owner));
  for (const owner of objects) {
    for (const key of ['apiVersion', 'kind', 'name', 'uid']) {
      if (!owner[key])
        errors.push(
          invalidValue(
            `metadata.ownerReferences.${key}`,
            asString(owner[key]),
            key === 'uid' ? 'must not be empty' : `${key === 'apiVersion' ? 'version' : key} must not be empty`,
          ),
        );
    }
  }
  const controllers = objects.filter((owner) => owner.controller === true);
  if (controllers.length > 1) {
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${asString(controllers[0]?.kind)}/${asString(controllers[0]?.name)} and ${asString(controllers[1]?.kind)}/${asString(controllers[1]?.name)}`;
    errors.push(invalidValue('metadata.ownerReferences', owners, detail));
  }
  return errors;
}

/** True when nothing but bookkeeping (resource version, owners of fields) differs. */
export function sameContent(left: StoredObject, right: StoredObject): boolean {
  const strip = (object: StoredObject) => {
    const { resourceVersion: _version, managedFields: _owners, ...metadata } = object.metadata;
    return { ...object, metadata };
  };
  return equal(strip(left), strip(right));
}
