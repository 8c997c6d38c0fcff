/** The rules of events: strict for those of the events group and those with an `eventTime`, few for others. */
import { type FieldError, invalidValue, required } from '../base/field-error.ts';
import { asObject, asString, equal, isObject, type JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { labelKeyProblem } from '../selectors/label-form.ts';
import { eventConversion } from './events.ts';

const LONGEST = { action: 128, reason: 128, message: 1024, reportingInstance: 128 } as const;
/** What an event of the new kind says when it is made, and never changes. */
const FIXED = [
  'involvedObject',
  'reason',
  'action',
  'type',
  'message',
  'reportingComponent',
  'reportingInstance',
  'related',
];

/** In `v1`. */
export const coreEvents: Behaviour = {
  fillDefaults(draft) {
    draft.eventTime ??= null;
    draft.reportingComponent ??= '';
    draft.reportingInstance ??= '';
    draft.firstTimestamp ??= null;
    draft.lastTimestamp ??= null;
    draft.source ??= {};
  },
  validate(object) {
    const errors = placeErrors(object);
    return object.eventTime ? [...errors, ...strictErrors(object, 'reportingComponent')] : errors;
  },
};

/** In `events.k8s.io/v1`, told with the names of fields that `v1` has, as far as the API server does it. */
export const groupEvents: Behaviour = {
  fillDefaults(draft) {
    draft.deprecatedFirstTimestamp ??= null;
    draft.deprecatedLastTimestamp ??= null;
    draft.deprecatedSource ??= {};
    draft.eventTime ??= null;
  },
  validate(object, old) {
    const event = eventConversion.toStored(object);
    if (old) return [];
    return [...placeErrors(event), ...newErrors(event), ...strictErrors(event, 'reportingController')];
  },
  validateUpdate(object, old) {
    const event = eventConversion.toStored(object);
    const before = eventConversion.toStored(old);
    return FIXED.filter((field) => !equal(event[field], before[field])).map((field) =>
      invalidValue(field, event[field], 'field is immutable'),
    );
  },
};

/** An event is in the namespace of its object, or in `default` when that has none. */
function placeErrors({ involvedObject, metadata }: StoredObject): FieldError[] {
  const namespace = asString(asObject(involvedObject).namespace);
  const isRight =
    namespace === '' ? ['', 'default'].includes(metadata.namespace ?? '') : namespace === metadata.namespace;
  return isRight ? [] : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

function newErrors(event: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  if (!event.eventTime) errors.push(required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(invalidValue('type', '', `has invalid value: ${asString(event.type)}`));
  }
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count']) {
    if (event[field]) errors.push(invalidValue(field, '', 'needs to be unset'));
  }
  return errors;
}

/** @param controller the name of the field that tells who reports */
function strictErrors(event: JsonObject, controller: string): FieldError[] {
  const reporter = asString(event.reportingComponent);
  const errors: FieldError[] = [];
  if (reporter === '') {
    errors.push(required(controller));
    for (const why of ['name part must be non-empty', labelKeyProblem('-') ?? '']) {
      errors.push(invalidValue(controller, '', why));
    }
  } else {
    const problem = labelKeyProblem(reporter);
    if (problem) errors.push(invalidValue(controller, reporter, problem));
  }
  if (!event.reportingInstance) errors.push(required('reportingInstance'));
  if (!event.action) errors.push(required('action'));
  if (!event.reason) errors.push(required('reason'));
  for (const [field, longest] of Object.entries(LONGEST)) {
    if (asString(event[field]).length > longest) {
      errors.push(invalidValue(field, '', `can have at most ${longest} characters`));
    }
  }
  return [...errors, ...seriesErrors(event.series)];
}

function seriesErrors(series: JsonObject[string]): FieldError[] {
  if (!isObject(series)) return [];
  const errors: FieldError[] = [];
  if (Number(series.count ?? 0) < 2) errors.push(invalidValue('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(required('series.lastObservedTime'));
  return errors;
}
