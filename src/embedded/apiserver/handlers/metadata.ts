/** The rules of `metadata` that all kinds share. */

import { type FieldError, forbiddenField, invalidValue, required } from '../base/field-error.ts';
import { asArray, asObject, asString, equal, isObject, type JsonValue } from '../base/json.ts';
import { finalizersOf, isEnding, type StoredObject } from '../base/kube-object.ts';
import { nameProblems } from '../kinds/names.ts';
import type { Resource } from '../registry/resource.ts';

const QUALIFIED =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const STANDARD_FINALIZERS = [
  'orphan',
  'foregroundDeletion',
  'kubernetes',
  'customresourcecleanup.apiextensions.k8s.io',
];
const ANNOTATIONS_LIMIT = 256 * 1024;
const KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

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
    ...labelErrors(asObject(metadata.labels)),
    ...annotationErrors(asObject(metadata.annotations)),
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

function labelErrors(labels: Record<string, JsonValue | undefined>): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const text = asString(value);
    return [
      ...keyErrors(key, 'metadata.labels'),
      ...(text.length > 63 ? [invalidValue('metadata.labels', text, 'must be no more than 63 bytes')] : []),
      ...(LABEL_VALUE.test(text) ? [] : [invalidValue('metadata.labels', text, VALUE_RULE)]),
    ];
  });
}

function annotationErrors(annotations: Record<string, JsonValue | undefined>): FieldError[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + key.length + asString(value).length, 0);
  const errors = entries.flatMap(([key]) => keyErrors(key.toLowerCase(), 'metadata.annotations'));
  if (size > ANNOTATIONS_LIMIT) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'metadata.annotations',
      detail: `may not be more than ${ANNOTATIONS_LIMIT} bytes`,
    });
  }
  return errors;
}

function keyErrors(key: string, field: string): FieldError[] {
  const name = key.slice(key.indexOf('/') + 1);
  if (name.length > 63) return [invalidValue(field, key, 'name part must be no more than 63 bytes')];
  return QUALIFIED.test(key) ? [] : [invalidValue(field, key, KEY_RULE)];
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
