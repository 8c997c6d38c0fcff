import type { Request } from '../wire/request.ts';
import type { Answer } from './answer.ts';

/** Whoever made a request, over the protocol (`ClientInstance`) or over HTTP: what a handler and a routine need of them. */
export interface RequestClient {
  /** The client's address: IPv4, or IPv6 in its own form. */
  getIP(): string;
  /** The first 7 hex digits of the SHA-256 of the client's address. */
  getID(): string;
  /** Milliseconds since the epoch. */
  getCreationTimestamp(): number;
  getStoredRequest(): Request | undefined;
  isClosed(): boolean;
  /** Aborts as soon as the client has left, or was closed. */
  readonly closed: AbortSignal;
  /** Sends what is still to be sent and closes. @throws `RuntimeError` `Closed` when that has happened before */
  closeConnection(): void;
  /** Resolves when the system has taken the response. @throws `RuntimeError` */
  sendResponse(answer: Answer): Promise<void>;
  /** The message of the response that was sent, without its reason. */
  getSentMessage(): string | undefined;
  /** After `sendResponse`: whether the client has taken the response. Ends the connection. */
  confirmTaken(): Promise<boolean>;
}
