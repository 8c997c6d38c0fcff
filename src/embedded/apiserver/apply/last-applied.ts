/**
 * The way from `kubectl apply` to `kubectl apply --server-side`: kubectl may take what its annotation says it set before,
 * and the annotation is kept in step, so that the way back is open too.
 */
import { asObject, asString, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { without } from '../base/kube-object.ts';
import type { Schema } from '../schema/schema.ts';
import { compare } from './compare.ts';
import { fieldSet } from './field-set.ts';
import { difference, emptySet, type PathSet } from './path-set.ts';

const KUBECTL = 'kubectl';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The fields that still are as the annotation has them. */
export function fieldsLastApplied(live: JsonObject, manager: string, schema: Schema): PathSet {
  const last = manager === KUBECTL ? parsed(asString(annotationsOf(live)[LAST_APPLIED])) : undefined;
  if (!last) return emptySet();
  const { added, removed, modified } = compare(live, last, schema);
  return difference(difference(difference(fieldSet(last, schema), added), removed), modified);
}

/** Changes `object`. */
export function keepInStep(object: JsonObject, config: JsonObject, manager: string): void {
  const annotations = annotationsOf(object);
  if (manager !== KUBECTL || annotations[LAST_APPLIED] === undefined) return;
  const metadata = asObject(config.metadata);
  const applied = isObject(metadata.annotations)
    ? { ...metadata, annotations: without(metadata.annotations, LAST_APPLIED) }
    : metadata;
  const text = `${JSON.stringify(sorted({ ...config, metadata: applied }))}\n`;
  object.metadata = { ...asObject(object.metadata), annotations: { ...annotations, [LAST_APPLIED]: text } };
}

function annotationsOf(object: JsonObject): JsonObject {
  return asObject(asObject(object.metadata).annotations);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) ?? null);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
