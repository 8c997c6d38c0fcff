/** The moments of a server's life that a routine can be bound to, by the documented numbers. */

import type { Socket } from 'node:net';
import type { ContainerInstance } from '../../virtualization/container-instance.ts';
import type { EndpointShellInstance } from '../../virtualization/endpoint-shell-instance.ts';
import type { FieldErrors } from '../../wire/errors.ts';
import type { ClientInstance } from '../client-instance.ts';
import type { RequestClient } from '../request-client.ts';

export const EVENT_CLIENT = 1;
export const EVENT_CLIENT_CLOSED = 2;
export const EVENT_CONNECTION = 3;
export const EVENT_CREATED_CONTAINER = 4;
export const EVENT_CREATED_ENDPOINT_SHELL = 5;
export const EVENT_DESTROYED_CONTAINER = 6;
export const EVENT_MALFORMED_REQUEST = 7;
export const EVENT_REQUEST = 8;
export const EVENT_RUNTIME_ERROR = 9;
export const EVENT_STARTED = 10;
export const EVENT_STOPPED = 11;
export const EVENT_UNKNOWN_VERB = 12;

/**
 * What a routine is given, by event. Over HTTP there are no `EVENT_CONNECTION`, `EVENT_CLIENT` and `EVENT_CLIENT_CLOSED`, and
 * `clientInstance` is whoever asks.
 */
export interface EventData {
  /** Keys are exchanged. */
  [EVENT_CLIENT]: { clientInstance: ClientInstance };
  [EVENT_CLIENT_CLOSED]: { clientInstance: ClientInstance };
  /** A connection is there, and no keys have been exchanged. */
  [EVENT_CONNECTION]: { clientSocket: Socket };
  [EVENT_CREATED_CONTAINER]: { clientInstance: RequestClient; containerInstance: ContainerInstance };
  [EVENT_CREATED_ENDPOINT_SHELL]: {
    endpointShellInstance: EndpointShellInstance;
    containerInstance: ContainerInstance;
    clientInstance: RequestClient;
  };
  [EVENT_DESTROYED_CONTAINER]: { clientInstance: RequestClient; containerInstance: ContainerInstance };
  /** `cerberusErrorDict`: field (dotted path, `` for the whole) → list of what is wrong with it. */
  [EVENT_MALFORMED_REQUEST]: { clientInstance: RequestClient; cerberusErrorDict: FieldErrors };
  [EVENT_REQUEST]: { clientInstance: RequestClient };
  /** `name`: what the server was at; `exClass`: the class of what was thrown. */
  [EVENT_RUNTIME_ERROR]: { name: string; exClass: string; traceback: string; clientInstance?: RequestClient };
  [EVENT_STARTED]: Record<never, never>;
  [EVENT_STOPPED]: Record<never, never>;
  [EVENT_UNKNOWN_VERB]: { clientInstance: RequestClient };
}

export type ServerEvent = keyof EventData;

/** May be asynchronous: the server waits for it. */
export type EventRoutine<E extends ServerEvent> = (data: EventData[E]) => void | Promise<void>;
