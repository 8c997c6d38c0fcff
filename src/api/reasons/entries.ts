export interface ReasonEntry {
  /** One sentence: when it is told. */
  means: string;
  /** One sentence: what helps. Absent: nothing needs to be done. */
  remedy?: string;
}

export const entries = <Name extends string>(table: Record<Name, ReasonEntry>): Record<Name, ReasonEntry> => table;
