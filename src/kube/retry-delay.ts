import { KubeError } from './errors.ts';

const MAX_ATTEMPTS = 4;

const RESET_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * How long to wait, in milliseconds, before a failed call is sent again; `undefined` when it is not to be sent again.
 * @param attempt how often it was sent
 */
export function retryDelay(
  call: { method: string; idempotent?: boolean },
  error: unknown,
  attempt: number,
): number | undefined {
  if (!call.idempotent || !(error instanceof KubeError) || attempt >= MAX_ATTEMPTS) return undefined;
  const { code, retryAfterSeconds } = error;
  if ((code === 429 || code === 503) && retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;
  // A kept connection that the server closed at the very moment it was used again.
  return call.method === 'GET' && attempt === 1 && wasReset(error) ? 0 : undefined;
}

function wasReset({ cause }: KubeError): boolean {
  return cause instanceof Error && 'code' in cause && RESET_CODES.has(String(cause.code));
}
