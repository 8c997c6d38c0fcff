/** What a reconcile says when it came to its end. */
export type Outcome = { readonly again: false } | { readonly again: true; readonly afterMs: number };

/** Nothing to do until something changes. */
export function done(): Outcome {
  return { again: false };
}

/** Reconcile again after `afterMs`, or earlier when something changes. */
export function again(afterMs: number): Outcome {
  return { again: true, afterMs };
}

/** A failure that no retry mends, only a change of the object: it is logged and not tried again. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}
