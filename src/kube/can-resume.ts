import { isNetworkFailure, KubeError } from './errors.ts';

/**
 * Whether a watch can go on from the last version seen: the connection failed or the server is busy, but what came
 * until then was right. Anything else (the version is too old, the answer made no sense) takes a new list.
 */
export function canResume(error: unknown): boolean {
  if (isNetworkFailure(error)) return true;
  return error instanceof KubeError && (error.code === 429 || error.code === 503);
}
