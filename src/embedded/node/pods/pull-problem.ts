import { backoffDelay } from '../../../runtime/backoff.ts';

const OPTIONS = { initialMs: 10_000, maxMs: 300_000, jitter: 'none' } as const;

export const PULL_BACKOFF = { delay: (failures: number): number => backoffDelay(failures, OPTIONS) };

/** How a kubelet reports an image that can't be had: at first the error, then that it waits to try again. */
export function pullProblem(reference: string, pulls: number): { reason: string; message: string } {
  const cause = `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": not found`;
  if (pulls <= 1) return { reason: 'ErrImagePull', message: cause };
  return { reason: 'ImagePullBackOff', message: `Back-off pulling image "${reference}": ErrImagePull: ${cause}` };
}
