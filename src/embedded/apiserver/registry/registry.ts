/** The resources being served: the built-in ones, and those of CustomResourceDefinitions as they come and go. */
import type { Resource } from './resource.ts';

export class Registry {
  readonly #resources = new Map<string, Resource>();
  #revision = 0;

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) this.#resources.set(keyOf(resource), resource);
  }

  /** Changes whenever the set of resources does. */
  get revision(): number {
    return this.#revision;
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#resources.get(`${group}/${version}/${plural}`);
  }

  all(): Resource[] {
    return [...this.#resources.values()];
  }

  inGroupVersion(group: string, version: string): Resource[] {
    return this.all().filter((resource) => resource.group === group && resource.version === version);
  }

  /** Replaces all versions of one resource; none removes it. */
  replace(storageKey: string, resources: readonly Resource[]): void {
    for (const [key, resource] of this.#resources) {
      if (resource.storageKey === storageKey) this.#resources.delete(key);
    }
    for (const resource of resources) this.#resources.set(keyOf(resource), resource);
    this.#revision++;
  }

  /** By group in the order of registration: the versions, the preferred one first. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, Set<string>>();
    for (const { group, version } of this.#resources.values()) {
      const versions = groups.get(group) ?? new Set();
      groups.set(group, versions.add(version));
    }
    return new Map([...groups].map(([group, versions]) => [group, [...versions].sort(byStability)]));
  }
}

function keyOf(resource: Resource): string {
  return `${resource.group}/${resource.version}/${resource.plural}`;
}

/** v2, v1, v1beta1, v1alpha1, then everything else by name. */
function byStability(left: string, right: string): number {
  const a = rank(left);
  const b = rank(right);
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return other - value;
  }
  return left < right ? -1 : 1;
}

function rank(version: string): [number, number, number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return [-1, 0, 0];
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return [stage, Number(match[1]), Number(match[3] ?? 0)];
}
