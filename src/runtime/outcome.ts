/** What a reconcile says when it came to its end. One that throws has failed, and is tried again, later each time. */
export type Outcome =
  | { readonly again: false }
  | { readonly again: true; readonly afterMs: number }
  | { readonly again: true; readonly at: number };

/** Nothing to do until something changes. */
export function done(): Outcome {
  return { again: false };
}

/** Reconcile again after `afterMs`, or earlier when something changes. */
export function again(afterMs: number): Outcome {
  return { again: true, afterMs };
}

/** Reconcile again at `at` (milliseconds since the epoch), or earlier when something changes. */
export function againAt(at: number): Outcome {
  return { again: true, at };
}

/** The wait in milliseconds that an outcome asks for at `now`; `undefined` when there is nothing to do. */
export function waitOf(outcome: Outcome, now: number): number | undefined {
  if (!outcome.again) return undefined;
  return 'at' in outcome ? outcome.at - now : outcome.afterMs;
}

/** A failure that no retry mends, only a change of the object: it is logged and not tried again. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}
