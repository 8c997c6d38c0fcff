import { sourcePrefixes } from './source-prefix.ts';

export interface SourceLimitsOptions {
  /** Connections at once from one IPv4 address. Default 32. */
  perAddress?: number | undefined;
  /** Connections at once from one IPv4 /24, or one IPv6 /64. Default 64. */
  perNetwork?: number | undefined;
}

const DEFAULT_PER_ADDRESS = 32;
const DEFAULT_PER_NETWORK = 64;

/** How many connections each source has, and that it has no more than it may. */
export class SourceLimits {
  readonly #perAddress: number;
  readonly #perNetwork: number;
  /** By prefix; one without a connection has no entry. */
  readonly #open = new Map<string, number>();

  constructor({ perAddress, perNetwork }: SourceLimitsOptions = {}) {
    this.#perAddress = perAddress ?? DEFAULT_PER_ADDRESS;
    this.#perNetwork = perNetwork ?? DEFAULT_PER_NETWORK;
  }

  /** Prefixes that have a connection. */
  get size(): number {
    return this.#open.size;
  }

  /** Counts a connection from this address; the returned function ends it. Undefined when its source has enough. */
  enter(source: string): (() => void) | undefined {
    const { address, network } = sourcePrefixes(source);
    const caps = new Map([
      [address, this.#perAddress],
      // An IPv6 source has only one prefix, and its cap is the network's.
      [network, this.#perNetwork],
    ]);
    for (const [prefix, cap] of caps) if (this.#count(prefix) >= cap) return undefined;
    for (const prefix of caps.keys()) this.#open.set(prefix, this.#count(prefix) + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      for (const prefix of caps.keys()) this.#leave(prefix);
    };
  }

  #count(prefix: string): number {
    return this.#open.get(prefix) ?? 0;
  }

  #leave(prefix: string): void {
    const others = this.#count(prefix) - 1;
    if (others > 0) this.#open.set(prefix, others);
    else this.#open.delete(prefix);
  }
}
