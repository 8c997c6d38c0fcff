import type { Dispatcher } from 'undici';

/** A write that was not sent; `cause` is what the gate threw. */
export class WriteRefused extends Error {
  constructor(cause: unknown) {
    super('the write was refused before it was sent', { cause });
  }
}

/**
 * Calls `beforeWrite` for each request but a GET when its bytes are about to go to an open connection: whatever it waited
 * for (a connection, a TLS handshake, a proxy) lies before. What it throws ends the request, which is not sent then.
 */
export function writeGate(beforeWrite: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, options.method === 'GET' ? handler : gated(handler, beforeWrite));
}

function gated(handler: Dispatcher.DispatchHandler, beforeWrite: () => void): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      try {
        beforeWrite();
      } catch (error) {
        throw new WriteRefused(error);
      }
      handler.onRequestStart?.(controller, context);
    },
    onResponseStart: (...answer) => handler.onResponseStart?.(...answer),
    onResponseData: (...chunk) => handler.onResponseData?.(...chunk),
    onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
    onResponseError: (...failure) => handler.onResponseError?.(...failure),
  };
}
