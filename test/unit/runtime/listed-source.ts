import type { Source } from '../../../src/runtime/watch.ts';

export interface TestObject {
  metadata: {
    namespace: string;
    name: string;
    generation?: number;
    labels?: Record<string, string>;
    ownerReferences?: { kind: string; name: string }[];
  };
}

export function object(name: string, metadata: Partial<TestObject['metadata']> = {}): TestObject {
  return { metadata: { namespace: 'lab', name, ...metadata } };
}

/** Objects that a test adds, changes and deletes. */
export class ListedSource implements Source<TestObject> {
  readonly #objects = new Map<string, TestObject>();
  readonly #listeners = new Set<(current: TestObject | undefined, previous: TestObject | undefined) => void>();
  readonly #synced = Promise.withResolvers<void>();

  constructor(objects: TestObject[], isSynced = true) {
    for (const one of objects) this.#objects.set(one.metadata.name, one);
    if (isSynced) this.sync();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  sync(): void {
    this.#synced.resolve();
  }

  list(): TestObject[] {
    return [...this.#objects.values()];
  }

  onChange(listener: (current: TestObject | undefined, previous: TestObject | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  synced(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      this.#synced.promise.then(resolve, reject);
    });
  }

  put(current: TestObject): void {
    const previous = this.#objects.get(current.metadata.name);
    this.#objects.set(current.metadata.name, current);
    for (const listener of this.#listeners) listener(current, previous);
  }

  delete(name: string): void {
    const previous = this.#objects.get(name);
    this.#objects.delete(name);
    for (const listener of this.#listeners) listener(undefined, previous);
  }
}
