interface Entry {
  key: string;
  at: number;
}

/** Keys by the time they are due, each at most once; of two times for a key the earlier stays. */
export class DeadlineHeap {
  readonly #entries: Entry[] = [];
  readonly #positions = new Map<string, number>();

  /** When the first key is due. */
  get earliest(): number | undefined {
    return this.#entries[0]?.at;
  }

  schedule(key: string, at: number): void {
    const position = this.#positions.get(key);
    if (position === undefined) {
      this.#rise({ key, at }, this.#entries.length);
    } else if (at < this.#at(position)) {
      this.#rise({ key, at }, position);
    }
  }

  /** Takes out the first key when it is due at `now`. */
  takeDue(now: number): string | undefined {
    const first = this.#entries[0];
    if (!first || first.at > now) return undefined;
    this.#positions.delete(first.key);
    const last = this.#entries.pop();
    if (last && last !== first) this.#sink(last, 0);
    return first.key;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#positions.clear();
  }

  #at(position: number): number {
    return this.#entries[position]?.at ?? Number.POSITIVE_INFINITY;
  }

  #put(entry: Entry, position: number): void {
    this.#entries[position] = entry;
    this.#positions.set(entry.key, position);
  }

  #rise(entry: Entry, from: number): void {
    let position = from;
    while (position > 0) {
      const above = (position - 1) >> 1;
      const parent = this.#entries[above];
      if (!parent || parent.at <= entry.at) break;
      this.#put(parent, position);
      position = above;
    }
    this.#put(entry, position);
  }

  #sink(entry: Entry, from: number): void {
    let position = from;
    for (;;) {
      const left = 2 * position + 1;
      const below = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
      const child = this.#entries[below];
      if (!child || child.at >= entry.at) break;
      this.#put(child, position);
      position = below;
    }
    this.#put(entry, position);
  }
}
