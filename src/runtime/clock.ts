/** Time as the code sees it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch, of the wall clock: for what is told, since somebody may set it. */
  now(): number;
  /** Milliseconds since some moment, never set by anybody and never going back: for what is measured. */
  elapsed(): number;
  /** Calls back once after `ms` (any length); the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
