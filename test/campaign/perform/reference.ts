import type { Counts } from '../oracles/counts.ts';
import { learnMask, type Mask } from '../state/difference.ts';
import type { Snapshot } from '../state/snapshot.ts';

/** What one clean run came to. */
export interface CleanRun {
  base: Snapshot;
  end: Snapshot;
  counts: Counts;
  /** In their order, until `act` was over. */
  writes: string[];
  /** How long that took, in milliseconds. */
  ms: number;
}

/** What a flow comes to when nobody crashes. */
export interface Reference {
  base: Snapshot;
  baseMask: Mask;
  end: Snapshot;
  endMask: Mask;
  counts: Counts[];
  /** How much slower than it should be a clean run is here; 1 on a machine with time. */
  slowness: number;
}

/** A clean run that takes longer is one on a busy machine. */
const SWIFT_MS = 5_000;

/** @throws RangeError without a run */
export function referenceOf(runs: readonly CleanRun[]): Reference {
  const [first] = runs;
  if (!first) throw new RangeError('no clean run');
  return {
    base: first.base,
    baseMask: learnMask(runs.map(({ base }) => base)),
    end: first.end,
    endMask: learnMask(runs.map(({ end }) => end)),
    counts: runs.map(({ counts }) => counts),
    slowness: Math.max(1, ...runs.map(({ ms }) => ms / SWIFT_MS)),
  };
}
