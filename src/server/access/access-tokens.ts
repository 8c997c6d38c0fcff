import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import type { TokenEntry } from './token-list.ts';

/** 124 characters, 744 random bits. */
const TOKEN = /^[0-9a-zA-Z\-_]{124}$/;

/** Access tokens by their hashes: which of those that clients show are good now. */
export class AccessTokens {
  /**
   * A lookup in a map takes longer the more of a key it has to compare. Under a key of this object that nobody else has,
   * a client cannot choose what is compared, so the time tells nothing of the hashes that are listed.
   */
  readonly #key = randomBytes(32);
  readonly #entries: Map<string, TokenEntry>;
  readonly #clock: Clock;

  constructor(entries: readonly TokenEntry[], clock: Clock) {
    this.#entries = new Map(entries.map((entry) => [this.#keyed(Buffer.from(entry.sha256, 'hex')), entry]));
    this.#clock = clock;
  }

  /** `false` for a token that is unknown, disabled, expired or no token at all: never say which. */
  isValid(token: string): boolean {
    if (!TOKEN.test(token)) return false;
    const entry = this.#entries.get(this.#keyed(createHash('sha256').update(token, 'ascii').digest()));
    return entry !== undefined && this.#isUsable(entry);
  }

  /** How many tokens are listed, and how many of them are valid now. */
  count(): { listed: number; usable: number } {
    const usable = [...this.#entries.values()].filter((entry) => this.#isUsable(entry)).length;
    return { listed: this.#entries.size, usable };
  }

  #isUsable({ enabled, expiresAt }: TokenEntry): boolean {
    return enabled && (expiresAt === undefined || this.#clock.now() < expiresAt);
  }

  #keyed(hash: Buffer): string {
    return createHmac('sha256', this.#key).update(hash).digest('base64');
  }
}
