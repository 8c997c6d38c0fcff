/** What is read of an object as JSON; anything else of it is `unknown`. */
export interface AnyObject {
  metadata: Metadata;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

interface Metadata {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  finalizers?: string[];
  managedFields?: unknown;
}

/** One change of one object, as the API server told it. */
export interface Version {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  kind: string;
  object: AnyObject;
  /** Milliseconds since the epoch, when it was heard. */
  at: number;
}

/** One step of the whole: the objects as they were after a change. */
interface Step {
  version: Version;
  objects: ReadonlyMap<string, StoredObject>;
}

export interface StoredObject {
  kind: string;
  object: AnyObject;
}

export function keyOf({ kind, object }: StoredObject): string {
  return `${kind}/${object.metadata.name}`;
}

/** Revisions are the cluster's, so they order the changes of all kinds. */
export function inOrder(versions: readonly Version[]): Version[] {
  return versions.toSorted(
    (a, b) => Number(a.object.metadata.resourceVersion) - Number(b.object.metadata.resourceVersion),
  );
}

/** The whole after each change, oldest first. The map is one and the same, changed from step to step. */
export function* replay(versions: readonly Version[]): Generator<Step> {
  const objects = new Map<string, StoredObject>();
  for (const version of inOrder(versions)) {
    if (version.type === 'DELETED') objects.delete(keyOf(version));
    else objects.set(keyOf(version), version);
    yield { version, objects };
  }
}
