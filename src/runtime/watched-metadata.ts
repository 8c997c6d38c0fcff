/** What a watch asks of the metadata of an object, whatever its kind: predicates, and whom it belongs to. */

interface WithMetadata {
  metadata: {
    namespace?: string;
    generation?: number;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; controller?: boolean }[];
  };
}

/** Not for a change of the status alone: the API server counts the generation up when the spec changes. */
export function generationChanged(current: WithMetadata | undefined, previous: WithMetadata | undefined): boolean {
  if (!current || !previous) return true;
  return current.metadata.generation !== previous.metadata.generation;
}

export function labelsChanged(current: WithMetadata | undefined, previous: WithMetadata | undefined): boolean {
  if (!current || !previous) return true;
  const before = Object.entries(previous.metadata.labels ?? {});
  const now = current.metadata.labels ?? {};
  return before.length !== Object.keys(now).length || before.some(([name, value]) => now[name] !== value);
}

/** The names of the objects of a kind that own this one; they live in its namespace. */
export function ownersOf({ metadata }: WithMetadata, kind: string): { namespace: string | undefined; name: string }[] {
  const { namespace, ownerReferences = [] } = metadata;
  return ownerReferences.filter((owner) => owner.kind === kind).map(({ name }) => ({ namespace, name }));
}
