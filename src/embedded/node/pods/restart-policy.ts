const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;
/** A container that ran for so long starts from the shortest wait again. */
const FORGIVEN_AFTER_MS = 600_000;

export function restarts(policy: string | undefined, exitCode: number): boolean {
  return policy === 'Never' ? false : policy === 'OnFailure' ? exitCode !== 0 : true;
}

/** How long a container waits before its next start; the first one after a long run is immediate. */
export class RestartBackoff {
  #failures = 0;

  /** @param ranMs how long the container ran before it ended */
  nextWaitMs(ranMs: number): number {
    if (ranMs >= FORGIVEN_AFTER_MS) this.#failures = 0;
    const wait = this.#failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    this.#failures += 1;
    return wait;
  }
}
