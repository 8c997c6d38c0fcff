import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { BootRecord } from './breaker.ts';
import { isEnding } from './pool-machines.ts';

/** What one process has written about the pool of one server and its caches do not show yet. */
export class PoolMemory {
  /** By uid. */
  readonly #created = new Map<string, { vmi: VirtualMachineInstance; at: number }>();
  /** By uid: what stands in the place of the version that was written over. */
  readonly #changed = new Map<string, { before: string | undefined; after: VirtualMachineInstance }>();
  readonly #removed = new Set<string>();
  /** Names of machines whose creation was asked for, without an answer: there may be one. */
  readonly #doubtful = new Set<string>();
  /** Of boots, and of which generation of the server: what is on its way into the status. */
  record: { record: BootRecord; generation: number } | undefined;
  /** What the cluster would not take, and until when it is not asked again, by `Clock.elapsed`. */
  refusal: { machineSha256: string; message: string; until: number } | undefined;

  /** Nothing is to be kept. */
  get isEmpty(): boolean {
    const unseen = this.#created.size + this.#changed.size + this.#removed.size + this.#doubtful.size;
    return unseen === 0 && !this.record && !this.refusal;
  }

  /** A machine of this name is about to be created. */
  asks(name: string): void {
    this.#doubtful.add(name);
  }

  /** This, or none, is the machine of this name at `now` (by `Clock.elapsed`). */
  asked(name: string, vmi: VirtualMachineInstance | undefined, now: number): void {
    this.#doubtful.delete(name);
    for (const [uid, created] of this.#created) if (created.vmi.metadata.name === name) this.#created.delete(uid);
    if (vmi) this.#created.set(vmi.metadata.uid ?? '', { vmi, at: now });
  }

  /** Names of machines to ask about at `now`, as the cache does not show them. */
  doubts(cached: VirtualMachineInstance[], now: number): string[] {
    this.#forgetWhatIsSeen(cached);
    // One that came and went while nobody looked is never seen.
    const unseen = [...this.#created.values()].filter(({ at }) => now - at >= ASK_AFTER_MS);
    return [...this.#doubtful, ...unseen.map(({ vmi }) => vmi.metadata.name)];
  }

  /** In how many milliseconds there may be something to ask about. */
  get askAgainMs(): number | undefined {
    return this.#created.size > 0 ? ASK_AFTER_MS : undefined;
  }

  changed(before: VirtualMachineInstance, after: VirtualMachineInstance): void {
    this.#changed.set(before.metadata.uid ?? '', { before: before.metadata.resourceVersion, after });
  }

  removed({ metadata }: VirtualMachineInstance): void {
    this.#removed.add(metadata.uid ?? '');
  }

  /** The machines that there are: what the cache shows, with all that this process has done since. */
  shown(cached: VirtualMachineInstance[]): VirtualMachineInstance[] {
    this.#forgetWhatIsSeen(cached);
    const created = [...this.#created.values()].map(({ vmi }) => vmi);
    return [...cached, ...created].map((vmi) => {
      const { uid = '', resourceVersion } = vmi.metadata;
      const change = this.#changed.get(uid);
      const shown = change && change.before === resourceVersion ? change.after : vmi;
      return this.#removed.has(uid) && !isEnding(shown) ? ending(shown) : shown;
    });
  }

  #forgetWhatIsSeen(cached: VirtualMachineInstance[]): void {
    const versions = new Map(cached.map(({ metadata }) => [metadata.uid ?? '', metadata.resourceVersion]));
    const names = new Set(cached.map(({ metadata }) => metadata.name));
    for (const name of this.#doubtful) if (names.has(name)) this.#doubtful.delete(name);
    for (const [uid, { vmi }] of this.#created) if (names.has(vmi.metadata.name)) this.#created.delete(uid);
    for (const [uid, { before }] of this.#changed) {
      if (!this.#created.has(uid) && versions.get(uid) !== before) this.#changed.delete(uid);
    }
    for (const uid of this.#removed) if (!versions.has(uid) && !this.#created.has(uid)) this.#removed.delete(uid);
  }
}

/** A watch shows what was created well within this. */
const ASK_AFTER_MS = 2_000;

function ending(vmi: VirtualMachineInstance): VirtualMachineInstance {
  return { ...vmi, metadata: { ...vmi.metadata, deletionTimestamp: new Date(0).toISOString() } };
}

/** The memories of one run of the operator, by the uid of the server. */
export class PoolMemories {
  readonly #memories = new Map<string, PoolMemory>();

  of(uid: string): PoolMemory {
    const known = this.#memories.get(uid) ?? new PoolMemory();
    this.#memories.set(uid, known);
    return known;
  }

  /** Lets go of what the caches show by now. */
  settle(uid: string): void {
    if (this.#memories.get(uid)?.isEmpty) this.#memories.delete(uid);
  }
}
