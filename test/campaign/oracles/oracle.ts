/** What is looked at after each run. */
export const ORACLES = {
  O1: 'the end state is that of a clean run',
  O2: 'objects are made and deleted as often as in a clean run',
  O3: 'what must always hold holds at every version',
  O4: 'nothing is written when nothing is to be done',
  O5: 'nothing is left over, and no process ends by itself',
  O6: 'no secret is told',
  O7: 'clients get what the protocol promises',
  O8: 'conditions tell the truth',
  O9: 'everything is over in time',
  setup: 'the run could be performed at all',
} as const;
type Oracle = keyof typeof ORACLES;

/** What an oracle holds against a run. */
export interface Violation {
  oracle: Oracle;
  what: string;
}

export function violations(oracle: Oracle, lines: Iterable<string>): Violation[] {
  // The same thing goes wrong at many versions.
  return [...new Set(lines)].map((what) => ({ oracle, what }));
}
