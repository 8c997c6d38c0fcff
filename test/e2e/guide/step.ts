/** A block of the guide, followed: what is there before, and what the guide promises of it. */
import type { Ran, Reader } from './reader.ts';

export interface Step {
  /** As {@link guideBlocks} names it. */
  at: string;
  /** What the reader has by then, or what the guide says to do in words. */
  given?(reader: Reader): Promise<unknown>;
  /** The block may be run again, as where it asks for what takes a moment. Default: its commands wait for themselves. */
  mayTakeAMoment?: true;
  shows(reader: Reader, ran: Ran): Promise<unknown>;
}
