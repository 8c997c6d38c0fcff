import { EventRoutines } from './event-routines.ts';
import {
  EVENT_CLIENT,
  EVENT_CLIENT_CLOSED,
  EVENT_CONNECTION,
  EVENT_CREATED_CONTAINER,
  EVENT_CREATED_ENDPOINT_SHELL,
  EVENT_DESTROYED_CONTAINER,
  EVENT_MALFORMED_REQUEST,
  EVENT_REQUEST,
  EVENT_RUNTIME_ERROR,
  EVENT_STARTED,
  EVENT_STOPPED,
  EVENT_UNKNOWN_VERB,
  type EventRoutine,
  type ServerEvent,
} from './server-events.ts';

/** The ways to bind a routine to an event. A routine that closes the client, or its endpoint shell, ends its session. */
export abstract class EventBinder {
  protected readonly routines = new EventRoutines();

  /** The last routine that is set for an event is the one that runs. */
  setEventHandler<E extends ServerEvent>(event: E, routine: EventRoutine<E>): void {
    this.routines.set(event, routine);
  }

  onClient(routine: EventRoutine<typeof EVENT_CLIENT>): void {
    this.routines.set(EVENT_CLIENT, routine);
  }

  onClientClosed(routine: EventRoutine<typeof EVENT_CLIENT_CLOSED>): void {
    this.routines.set(EVENT_CLIENT_CLOSED, routine);
  }

  onConnection(routine: EventRoutine<typeof EVENT_CONNECTION>): void {
    this.routines.set(EVENT_CONNECTION, routine);
  }

  onCreatedContainer(routine: EventRoutine<typeof EVENT_CREATED_CONTAINER>): void {
    this.routines.set(EVENT_CREATED_CONTAINER, routine);
  }

  onCreatedEndpointShell(routine: EventRoutine<typeof EVENT_CREATED_ENDPOINT_SHELL>): void {
    this.routines.set(EVENT_CREATED_ENDPOINT_SHELL, routine);
  }

  onDestroyedContainer(routine: EventRoutine<typeof EVENT_DESTROYED_CONTAINER>): void {
    this.routines.set(EVENT_DESTROYED_CONTAINER, routine);
  }

  onMalformedRequest(routine: EventRoutine<typeof EVENT_MALFORMED_REQUEST>): void {
    this.routines.set(EVENT_MALFORMED_REQUEST, routine);
  }

  onRequest(routine: EventRoutine<typeof EVENT_REQUEST>): void {
    this.routines.set(EVENT_REQUEST, routine);
  }

  onRuntimeError(routine: EventRoutine<typeof EVENT_RUNTIME_ERROR>): void {
    this.routines.set(EVENT_RUNTIME_ERROR, routine);
  }

  onStarted(routine: EventRoutine<typeof EVENT_STARTED>): void {
    this.routines.set(EVENT_STARTED, routine);
  }

  onStopped(routine: EventRoutine<typeof EVENT_STOPPED>): void {
    this.routines.set(EVENT_STOPPED, routine);
  }

  onUnknownVerb(routine: EventRoutine<typeof EVENT_UNKNOWN_VERB>): void {
    this.routines.set(EVENT_UNKNOWN_VERB, routine);
  }
}
