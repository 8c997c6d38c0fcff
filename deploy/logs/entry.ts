/** What is said of a message besides what the sources say themselves. */
interface Entry {
  means: string;
  /** What whoever runs the program is to do; of `warn` and above. */
  remedy?: string;
  /** The fields that do not stand in the call: it gives an object, or spreads one. */
  more?: string[];
}

/** By message. */
export type Entries = Record<string, Entry>;
