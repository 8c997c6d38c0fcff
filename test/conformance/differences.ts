export interface Difference {
  /** The name of a behaviour that the real API server shows and the in-memory one does not. */
  behaviour: string;
  /** Why it stays so. */
  reason: string;
}

/** What the in-memory API server does otherwise. A test fails where one of these begins to behave. */
export const DIFFERENCES: Difference[] = [];
