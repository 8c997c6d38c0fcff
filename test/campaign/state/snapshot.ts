import { maskedName } from '../../support/crash-proxy/crossing.ts';
import type { StoredObject } from '../truth/version.ts';
import { type Leaves, leavesOf, type Own } from './leaves.ts';

/** A namespace at one moment: each object under a name without generated parts. */
export type Snapshot = Map<string, Leaves>;

/** The cluster's own ways to get to what the Deployment asks for; they may differ, and what they lead to may not. */
const MEANS = new Set(['Event', 'ReplicaSet']);

/** @param ambient uids of what was there before any server */
export function snapshotOf(objects: Iterable<StoredObject>, own: Own, ambient: ReadonlySet<string>): Snapshot {
  const snapshot: Snapshot = new Map();
  const sorted = [...objects].toSorted((a, b) => (a.object.metadata.name < b.object.metadata.name ? -1 : 1));
  for (const stored of sorted) {
    if (!isCompared(stored, ambient)) continue;
    const name = stableName(stored);
    let key = name;
    for (let count = 2; snapshot.has(key); count += 1) key = `${name} (${count})`;
    snapshot.set(key, ownLeaves(stored, leavesOf(stored.object, { ...own, slot: slotOf(stored) })));
  }
  return snapshot;
}

/** Without what somebody else counts or reports in it: KubeVirt, and the cluster's own controllers. */
function ownLeaves({ kind }: StoredObject, leaves: Leaves): Leaves {
  if (kind !== 'VirtualMachineInstance' && kind !== 'EndpointSlice') return leaves;
  const isTheirs = (path: string) =>
    path === 'metadata.generation' || (/^status\./.test(path) && path !== 'status.phase');
  return new Map([...leaves].filter(([path]) => !isTheirs(path)));
}

/** The five digits that the names of a container's objects hold. */
function slotOf({ object }: StoredObject): string | undefined {
  return /-(\d{5})(?:-|$)/.exec(object.metadata.name)?.[1];
}

/** Pods of sets and of machines are theirs; the one that the operator makes is compared. */
export function isCompared({ kind, object }: StoredObject, ambient: ReadonlySet<string>): boolean {
  if (MEANS.has(kind) || ambient.has(object.metadata.uid)) return false;
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller);
  return kind !== 'Pod' || owner?.kind === 'AnweddolServer';
}

export function stableName({ kind, object }: StoredObject): string {
  const { name, generateName } = object.metadata as { name: string; generateName?: string };
  return `${kind}/${generateName ? `${generateName}~` : maskedName(name)}`;
}
