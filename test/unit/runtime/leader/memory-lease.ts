import type { LeaseLock, LeaseRecord } from '../../../../src/runtime/leader/lease-lock.ts';

/** How a request gets to the lease and its answer back: it may call `apply` late, or never, and fail either way. */
export type Network = <R>(apply: () => R, signal: AbortSignal) => Promise<R>;

const direct: Network = async (apply, signal) => {
  signal.throwIfAborted();
  return apply();
};

/** A lease in memory, which every elector of a test sees through a lock of its own. */
export class MemoryLease {
  record: LeaseRecord | undefined;
  #version = 0;

  get holder(): string | undefined {
    return this.record?.holder;
  }

  lock(network: Network = direct): LeaseLock {
    return {
      name: 'test',
      read: (signal) => network(() => this.record && { record: this.record, version: String(this.#version) }, signal),
      create: (record, signal) => network(() => (this.record ? undefined : this.write(record)), signal),
      update: (record, version, signal) =>
        network(() => (this.record && version === String(this.#version) ? this.write(record) : undefined), signal),
    };
  }

  /** As if somebody did. Returns the new version. */
  write(record: LeaseRecord): string {
    this.record = record;
    this.#version += 1;
    return String(this.#version);
  }
}
