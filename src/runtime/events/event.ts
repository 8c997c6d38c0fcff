/** Which object an event is about. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
  uid?: string | undefined;
}

export interface Happening {
  type: 'Normal' | 'Warning';
  /** Why, as one word in CamelCase: the code of an error, or what came about. */
  reason: string;
  /** What the controller did or tried, as one word in CamelCase. */
  action: string;
  /** For people. No secret. */
  note: string;
  related?: ObjectReference | undefined;
}

/** One event as it is to be stored. Times are in milliseconds since the epoch. */
export interface StoredEvent extends Happening {
  /** Tells it from the other events of the same object: lower-case letters and digits. */
  id: string;
  regarding: ObjectReference;
  at: number;
  /** When it happened more than once: how often so far, and when last. */
  series?: { count: number; lastAt: number };
}

/** Where events are stored. Both throw `TerminalError` for what will never be accepted, anything else for a later try. */
export interface EventSink {
  /** An event of this id that is there already is no error. */
  create(event: StoredEvent, signal: AbortSignal): Promise<void>;
  /** Stores the series. False when the event is gone. */
  update(event: StoredEvent, signal: AbortSignal): Promise<boolean>;
}

/** One text for an object, whoever refers to it. */
export function identityOf({ apiVersion, kind, namespace = '', name, uid = '' }: ObjectReference): string {
  return [apiVersion, kind, namespace, name, uid].join('\n');
}
