import { KubeError } from './errors.ts';

const MAX_ATTEMPTS = 4;

/** The server, or what is before it, failed; it may have done what it was asked for. */
const SERVER_FAILURES = new Set([500, 502, 503, 504]);

/**
 * How long to wait, in milliseconds, before a failed call is sent again; `undefined` when it is not to be sent again.
 *
 * - 429 says that nothing was done, so every call is sent again.
 * - A failure of the server says nothing of the kind, so only what may be done twice is sent again.
 * - Both only where the server says after how long (`Retry-After`): without it the load of all clients would grow at
 *   the very time it is too high. The caller's own backoff is for those.
 * @param attempt how often it was sent
 */
export function retryDelay(
  call: { method: string; idempotent?: boolean },
  error: unknown,
  attempt: number,
): number | undefined {
  if (!(error instanceof KubeError) || attempt >= MAX_ATTEMPTS) return undefined;
  const { code, reason, retryAfterSeconds } = error;
  const mayRepeat = code === 429 || (call.idempotent && SERVER_FAILURES.has(code));
  if (mayRepeat && retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;
  // A kept connection that the server closed at the very moment it was used again.
  return call.method === 'GET' && attempt === 1 && reason === 'ConnectionReset' ? 0 : undefined;
}
