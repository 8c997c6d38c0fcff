import type { GenerationNumber } from '../../src/wire/generation.ts';
import type { Order } from './client-frames.ts';

/** Milliseconds; a server's own, and its defaults. */
export const SPEAK_FIRST_AFTER_MS = 1_500;
const STEP_MS = 5_000;
const TOTAL_MS = 10_000;

/** Of the frames of a session. */
export const FRAME = { header: 6, body: 7, taken: 8 } as const;

export interface AskedRequest {
  generation: GenerationNumber;
  request: 'known' | 'unknown' | 'malformed';
}

const ANSWERS: Record<AskedRequest['request'], string> = {
  known: 'OK',
  unknown: 'Bad request (reason : Unhandled verb)',
  malformed: 'Bad request (reason : Malformed request)',
};

/** What the server must have come to, from what the client has done: no code of the server's. */
export class SessionModel {
  order: Order = 'client';
  /** The frame that the server waits for. */
  at = 0;
  /** Bytes of it that it has. */
  part = 0;
  isOver = false;
  /** The key block held no key: the server has not let on. */
  isDoomed = false;
  asked: AskedRequest | undefined;
  #now = 0;
  #stepBegan = 0;
  #totalEnds = TOTAL_MS;

  get isSilent(): boolean {
    return this.at === 0 && this.part === 0;
  }

  get answer(): string {
    return ANSWERS[this.asked?.request ?? 'known'];
  }

  /** The client has sent its first byte. */
  spoke(): void {
    this.#stepBegan = this.#now;
  }

  /** The server has taken the frame that it waited for. @returns the step that has ended with it */
  took(): 'publicKeys' | 'sessionKeys' | 'request' | undefined {
    const ended = this.#stepEndedBy(this.at);
    this.at += 1;
    this.part = 0;
    if (ended) this.#stepBegan = this.#now;
    if (ended === 'request') this.#totalEnds = this.#now + TOTAL_MS;
    return ended;
  }

  /** Time passes. @returns what the server does about it */
  waited(ms: number): 'nothing' | 'greets' | 'closes' {
    const before = this.#now;
    this.#now += ms;
    const greets = this.isSilent && this.order === 'client' && before + ms >= SPEAK_FIRST_AFTER_MS;
    // Nothing but the first byte counts until it is there.
    const ends = Math.min(this.#stepBegan + STEP_MS, this.isSilent ? STEP_MS : this.#totalEnds);
    if (this.#now >= ends) return 'closes';
    if (!greets) return 'nothing';
    this.order = 'server';
    return 'greets';
  }

  #stepEndedBy(frame: number): 'publicKeys' | 'sessionKeys' | 'request' | undefined {
    if (frame === 3) return 'publicKeys';
    if (frame === FRAME.header - 1) return 'sessionKeys';
    return frame === FRAME.body ? 'request' : undefined;
  }
}
