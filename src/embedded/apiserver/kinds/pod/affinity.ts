/** The rules of a pod's affinity: the terms that it can not do without. */
import { type FieldError, required } from '../../base/field-error.ts';
import { asObject, asObjects, type JsonObject } from '../../base/json.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

export function affinityErrors(affinity: JsonObject, path: string): FieldError[] {
  return [
    ...nodeErrors(asObject(affinity.nodeAffinity), `${path}.nodeAffinity`),
    ...podErrors(asObject(affinity.podAffinity), `${path}.podAffinity`),
    ...podErrors(asObject(affinity.podAntiAffinity), `${path}.podAntiAffinity`),
  ];
}

function nodeErrors(affinity: JsonObject, path: string): FieldError[] {
  const selector = affinity[REQUIRED];
  if (selector === undefined || selector === null) return [];
  if (asObjects(asObject(selector).nodeSelectorTerms).length > 0) return [];
  return [required(`${path}.${REQUIRED}.nodeSelectorTerms`, 'must have at least one node selector term')];
}

function podErrors(affinity: JsonObject, path: string): FieldError[] {
  return asObjects(affinity[REQUIRED]).flatMap(({ topologyKey }, index) =>
    topologyKey ? [] : [required(`${path}.${REQUIRED}[${index}].topologyKey`, 'can not be empty')],
  );
}
