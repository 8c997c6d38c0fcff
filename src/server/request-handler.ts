import type { Request } from '../wire/request.ts';
import type { Answer } from './answer.ts';
import type { RequestClient } from './request-client.ts';

export interface RequestCall {
  clientInstance: RequestClient;
  request: Request;
  /** Aborts when the client leaves, or is cut off by a stopping server that can't wait any longer. */
  signal: AbortSignal;
}

/**
 * Serves the requests of one verb. It gives back the answer to send, or nothing when it has sent one itself. What it throws
 * is logged and answered with `Internal error`; a `MalformedMessage` with `Bad request`.
 */
export type RequestHandler = (call: RequestCall) => Promise<Answer | undefined> | Answer | undefined;
