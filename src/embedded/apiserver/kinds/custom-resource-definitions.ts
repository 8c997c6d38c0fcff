import { type FieldError, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { conditionsOf, finalizersOf, type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import { defaultRuleErrors } from '../cel/default-rule-errors.ts';
import { ruleErrors } from '../cel/rule-errors.ts';
import type { Behaviour } from '../registry/resource.ts';
import type { Schema } from '../schema/schema.ts';
import { schemaErrors } from '../schema/structural.ts';
import { versionErrors } from './definition-versions.ts';
import { nameProblems } from './names.ts';

/** Keeps a definition until the objects it defines are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

export const customResourceDefinitions: Behaviour = {
  fillDefaults(draft) {
    const spec = specOf(draft);
    draft.spec = spec;
    spec.conversion ??= { strategy: 'None' };
    const names = asObject(spec.names);
    if (names.kind) {
      names.singular ??= asString(names.kind).toLowerCase();
      names.listKind ??= `${asString(names.kind)}List`;
    }
  },
  prepareCreate(draft) {
    draft.status = {
      acceptedNames: { kind: '', plural: '' },
      conditions: null,
      storedVersions: storageVersions(draft),
    };
  },
  prepareDelete(draft) {
    draft.metadata.finalizers = [...new Set([...finalizersOf(draft), CLEANUP_FINALIZER])];
    // Definitions have a delete of their own, which does less than that of other kinds.
    delete draft.metadata.deletionGracePeriodSeconds;
    draft.metadata.generation = (draft.metadata.generation ?? 1) - 1;
    const pending = {
      type: 'Terminating',
      status: 'True',
      lastTransitionTime: draft.metadata.deletionTimestamp,
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    };
    draft.status = { ...asObject(draft.status), conditions: [...conditionsOf(draft), pending] };
  },
  prepareUpdate(draft) {
    const status = asObject(draft.status);
    const stored = new Set([...asArray(status.storedVersions), ...storageVersions(draft)]);
    draft.status = { ...status, storedVersions: [...stored] };
  },
  validate: definitionErrors,
  validateUpdate(object, old) {
    const errors: FieldError[] = [];
    const immutable = (path: string, value: unknown, before: unknown) => {
      if (value !== before) errors.push(invalidValue(path, value, 'field is immutable'));
    };
    immutable('spec.group', specOf(object).group, specOf(old).group);
    immutable('spec.scope', specOf(object).scope, specOf(old).scope);
    immutable('spec.names.kind', asObject(specOf(object).names).kind, asObject(specOf(old).names).kind);
    immutable('spec.names.plural', asObject(specOf(object).names).plural, asObject(specOf(old).names).plural);
    return [...errors, ...storedErrors(object)];
  },
};

/** One, in a definition that is valid. */
function storageVersions(definition: StoredObject): string[] {
  return asArray(specOf(definition).versions)
    .map(asObject)
    .filter(({ storage }) => storage === true)
    .map(({ name }) => asString(name));
}

function definitionErrors(object: StoredObject, old: StoredObject | undefined): FieldError[] {
  const spec = specOf(object);
  const names = asObject(spec.names);
  const group = asString(spec.group);
  const expected = `${asString(names.plural)}.${group}`;
  const errors: FieldError[] = [];
  if (!old && object.metadata.name !== expected) {
    errors.push(invalidValue('metadata.name', object.metadata.name, `must be spec.names.plural+"."+spec.group`));
  }
  if (group === '') errors.push(required('spec.group'));
  else if (!group.includes('.'))
    errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (spec.scope === undefined || spec.scope === '') errors.push(required('spec.scope'));
  else if (spec.scope !== 'Cluster' && spec.scope !== 'Namespaced') {
    errors.push(notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  }
  if (spec.preserveUnknownFields === true) {
    const detail =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    errors.push(invalidValue('spec.preserveUnknownFields', true, detail));
  }
  return [
    ...errors,
    ...nameErrors(names),
    ...conversionErrors(asObject(spec.conversion)),
    ...versionErrors(spec),
    ...schemasErrors(spec),
    ...(old ? [] : storedErrors(object)),
  ];
}

function conversionErrors({ strategy, webhook }: JsonObject): FieldError[] {
  if (strategy === 'None') return [];
  if (strategy !== 'Webhook') return [notSupported('spec.conversion.strategy', strategy, ['None', 'Webhook'])];
  if (isObject(webhook)) return [];
  return [
    required('spec.conversion.webhookClientConfig', 'required when strategy is set to Webhook'),
    required('spec.conversion.conversionReviewVersions'),
  ];
}

/** Versions that objects may still be stored in can't go. */
function storedErrors(object: StoredObject): FieldError[] {
  const names = asArray(specOf(object).versions).map((version) => asObject(version).name);
  const stored = asArray(statusOf(object).storedVersions);
  if (stored.length === 0) {
    return [invalidValue('status.storedVersions', null, 'must have at least one stored version')];
  }
  return stored.flatMap((version, index) => {
    if (names.includes(version) || version === '') return [];
    const name = asString(version);
    const detail =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a ` +
      `storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    return [invalidValue(`status.storedVersions[${index}]`, name, detail)];
  });
}

function nameErrors(names: JsonObject): FieldError[] {
  const lists = ['shortNames', 'categories'].flatMap((key) =>
    asArray(names[key]).flatMap((name, index) =>
      nameProblems(asString(name), 'service').map((problem) =>
        invalidValue(`spec.names.${key}[${index}]`, name, problem),
      ),
    ),
  );
  const isSame = names.kind !== undefined && names.kind === names.listKind;
  const same = isSame
    ? [invalidValue('spec.names.listKind', names.listKind, 'kind and listKind may not be the same')]
    : [];
  return [...singleNameErrors(names), ...lists, ...same];
}

function singleNameErrors(names: JsonObject): FieldError[] {
  return ['plural', 'singular', 'kind', 'listKind'].flatMap((key) => {
    const name = asString(names[key]);
    const isKind = key === 'kind' || key === 'listKind';
    if (name === '') return [required(`spec.names.${key}`)];
    return nameProblems(isKind ? name.toLowerCase() : name, 'service').map((problem) => {
      const detail = isKind ? `may have mixed case, but should otherwise match: ${problem}` : problem;
      return invalidValue(`spec.names.${key}`, name, detail);
    });
  });
}

function schemasErrors(spec: JsonObject): FieldError[] {
  const versions = asArray(spec.versions).map(asObject);
  return versions.flatMap((each, index) => {
    // What all versions share stands at the top, as far as the API server's messages go.
    const path =
      versions.length === 1 ? 'spec.validation.openAPIV3Schema' : `spec.versions[${index}].schema.openAPIV3Schema`;
    const schema = asObject(each.schema).openAPIV3Schema;
    if (!isObject(schema)) return [required(`spec.versions[${index}].schema.openAPIV3Schema`)];
    const structural = schemaErrors(schema as Schema, path);
    if (structural.length > 0) return structural;
    const rules = ruleErrors(schema as Schema, path);
    return rules.length > 0 ? rules : defaultRuleErrors(schema as Schema, path);
  });
}
