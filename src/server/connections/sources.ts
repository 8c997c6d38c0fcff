import type { Offence, Penalties } from '../admission/penalties.ts';
import type { SourceLimits } from '../admission/source-limits.ts';
import type { RefusalReason } from '../server-metrics.ts';

/** Who may connect, where addresses of clients are known: not more than a few at once from one place, and nobody who misbehaved. */
export class Sources {
  readonly #limits: SourceLimits;
  readonly #penalties: Penalties;
  readonly #refused: (reason: RefusalReason) => void;

  constructor(limits: SourceLimits, penalties: Penalties, refused: (reason: RefusalReason) => void) {
    this.#limits = limits;
    this.#penalties = penalties;
    this.#refused = refused;
  }

  /** Counts a connection from this address; the returned function ends it. Undefined: it is to be closed. */
  admit(address: string): (() => void) | undefined {
    if (this.turnsAway(address)) return undefined;
    const leave = this.#limits.enter(address);
    if (!leave) this.#refused('sourceCapacity');
    return leave;
  }

  /** Whether this address is under penalty; a true answer is counted as a refusal. */
  turnsAway(address: string): boolean {
    const isUnderPenalty = this.#penalties.isRefused(address);
    if (isUnderPenalty) this.#refused('penalty');
    return isUnderPenalty;
  }

  penalise(address: string, offence: Offence): void {
    this.#penalties.add(address, offence);
  }
}
