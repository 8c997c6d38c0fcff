export interface Difference {
  /** The name of a behaviour that the real API server shows and the in-memory one does not. */
  behaviour: string;
  /** Why it stays so. */
  reason: string;
}

/** What the in-memory API server does otherwise. A test fails where one of these begins to behave. */
export const DIFFERENCES: Difference[] = [
  {
    behaviour: 'a pod is evicted unless a budget forbids it',
    reason:
      'Nobody drains the one node of the embedded cluster, and budgets are only kept there: to evict without counting the pods of a budget would be worse than to refuse.',
  },
  {
    behaviour: 'a policy may take parameters from an object that its binding names',
    reason: 'Ours take none, as a parameter that is missing would stop everybody: such a policy is refused there.',
  },
  {
    behaviour: 'refuses rules that may cost too much',
    reason:
      'an estimate of costs needs a second type checker that follows the sizes of values; it matters only to who writes a ' +
      'definition, and ours is held to the real estimate by its own behaviours',
  },
];
