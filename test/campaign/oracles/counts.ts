import { isCompared, stableName } from '../state/snapshot.ts';
import { inOrder, type Version } from '../truth/version.ts';

/** By stable name: how often such an object was made, and deleted. */
export type Counts = Map<string, { made: number; deleted: number }>;

/** What people make themselves is not counted, nor what is not compared. */
export function countsOf(
  versions: readonly Version[],
  ambient: ReadonlySet<string>,
  uncounted: readonly string[] = [],
): Counts {
  const counts: Counts = new Map();
  for (const version of inOrder(versions)) {
    if (version.type === 'MODIFIED' || uncounted.includes(version.kind) || !isCompared(version, ambient)) continue;
    const key = stableName(version);
    const count = counts.get(key) ?? { made: 0, deleted: 0 };
    count[version.type === 'ADDED' ? 'made' : 'deleted'] += 1;
    counts.set(key, count);
  }
  return counts;
}

/** O2. What differs between two clean runs is not looked at. */
export function countDifferences(references: readonly Counts[], actual: Counts): string[] {
  const [first = new Map(), ...others] = references;
  const keys = new Set([...references.flatMap((reference) => [...reference.keys()]), ...actual.keys()]);
  return [...keys].flatMap((key) => {
    const wanted = text(first.get(key));
    const isStable = others.every((other) => text(other.get(key)) === wanted);
    const found = text(actual.get(key));
    return !isStable || found === wanted ? [] : [`${key} was ${found}, in a clean run ${wanted}`];
  });
}

function text({ made, deleted }: { made: number; deleted: number } = { made: 0, deleted: 0 }): string {
  return `made ${made} and deleted ${deleted} times`;
}
