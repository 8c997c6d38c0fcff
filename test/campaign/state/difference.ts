import type { Leaves } from './leaves.ts';
import type { Snapshot } from './snapshot.ts';

/** Leaves that are not the same in two clean runs, as `object path`: nothing is expected of them. */
export type Mask = ReadonlySet<string>;

export function learnMask(snapshots: readonly Snapshot[]): Mask {
  const [first, ...others] = snapshots;
  const mask = new Set<string>();
  if (!first) return mask;
  for (const other of others) {
    for (const key of new Set([...first.keys(), ...other.keys()])) {
      for (const path of differingLeaves(first.get(key), other.get(key)))
        mask.add(path === '' ? key : `${key} ${path}`);
    }
  }
  return mask;
}

/** How a snapshot differs from the reference: one line for each object and leaf, of 20 at most. */
export function differences(reference: Snapshot, actual: Snapshot, mask: Mask): string[] {
  const lines: string[] = [];
  for (const key of new Set([...reference.keys(), ...actual.keys()])) {
    if (mask.has(key)) continue;
    const [wanted, found] = [reference.get(key), actual.get(key)];
    if (!found) lines.push(`${key} is missing`);
    else if (!wanted) lines.push(`${key} is left over`);
    else {
      for (const path of differingLeaves(wanted, found)) {
        if (mask.has(`${key} ${path}`)) continue;
        lines.push(`${key} ${path}: ${shown(found.get(path))}, not ${shown(wanted.get(path))}`);
      }
    }
  }
  return lines.slice(0, 20);
}

/** The empty path stands for the whole object. */
function differingLeaves(one: Leaves | undefined, other: Leaves | undefined): string[] {
  if (!one || !other) return one === other ? [] : [''];
  const paths = new Set([...one.keys(), ...other.keys()]);
  return [...paths].filter((path) => one.get(path) !== other.get(path));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
