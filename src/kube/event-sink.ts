import type { EventSink, ObjectReference, StoredEvent } from '../runtime/events/event.ts';
import { TerminalError } from '../runtime/outcome.ts';
import type { KubeClient } from './client.ts';
import { isAlreadyExists, isNotFound, KubeError } from './errors.ts';
import { microTime } from './micro-time.ts';
import type { KubeObject, ObjectName } from './objects.ts';
import { Event } from './resources.ts';

export interface EventSource {
  /** The name of the controller, such as `anweddol.io/operator`. */
  controller: string;
  /** Which of its processes: the name of the pod. At most 128 characters. */
  instance: string;
}

/** What the API server takes, in bytes. */
const MAX_NOTE = 1024;
const MAX_WORD = 128;

/** Stores events as `events.k8s.io/v1` Events beside their objects. Needs the verbs create and patch. */
export function eventSink(kube: KubeClient, source: EventSource): EventSink {
  const update: EventSink['update'] = async (event, signal) => {
    try {
      await kube.mergePatch(Event, nameOf(event), { series: seriesOf(event) }, { signal });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw refusal(error);
    }
  };
  return {
    update,

    async create(event, signal) {
      try {
        await kube.create(Event, eventObject(event, source), { signal });
      } catch (error) {
        if (!isAlreadyExists(error)) throw refusal(error);
        // An earlier try got there, though its answer did not come back.
        if (event.series) await update(event, signal);
      }
    },
  };
}

/** How an object is referred to in its events. */
export function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { namespace, name, uid } = metadata;
  return { apiVersion, kind, namespace, name, uid };
}

function eventObject(event: StoredEvent, source: EventSource): Event {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: nameOf(event),
    eventTime: microTime(event.at),
    reportingController: source.controller,
    reportingInstance: cut(source.instance, MAX_WORD),
    type: event.type,
    reason: cut(event.reason, MAX_WORD),
    action: cut(event.action, MAX_WORD),
    note: cut(event.note, MAX_NOTE),
    regarding: definedFields(event.regarding),
    ...(event.related && { related: definedFields(event.related) }),
    ...(event.series && { series: seriesOf(event) }),
  };
}

/** Events of an object without a namespace are in `default`. */
function nameOf({ regarding, id }: StoredEvent): ObjectName & { namespace: string } {
  const start = regarding.name.slice(0, 200).replace(/[-.]+$/, '');
  return { namespace: regarding.namespace ?? 'default', name: `${start}.${id}` };
}

function seriesOf({ series, at }: StoredEvent): { count: number; lastObservedTime: string } {
  return { count: series?.count ?? 1, lastObservedTime: microTime(series?.lastAt ?? at) };
}

function definedFields({ apiVersion, kind, namespace, name, uid }: ObjectReference) {
  return { apiVersion, kind, name, ...(namespace && { namespace }), ...(uid && { uid }) };
}

/** The start of a text that takes no more than `bytes` as UTF-8. */
function cut(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  // A character that was cut in two would come back as a replacement.
  return buffer
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD$/, '');
}

/** What the API server refuses it will refuse again, unless it was too busy or the token too old. */
function refusal(error: unknown): unknown {
  const isRefused = error instanceof KubeError && error.code >= 400 && error.code < 500;
  if (!isRefused || [401, 408, 409, 429].includes(error.code)) return error;
  return new TerminalError(error.message, { cause: error });
}
