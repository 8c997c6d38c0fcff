import type { ByteChannel } from './byte-channel.ts';
import { MESSAGE_NOK, MESSAGE_OK } from './constants.ts';
import { RuntimeError } from './errors.ts';

/** A connection, and the deadline under which it is used right now. */
export interface Link {
  channel: ByteChannel;
  signal: AbortSignal;
}

/** Waits for the peer's one-byte answer. @throws `RuntimeError` `Refused`, or `Unacknowledged` when it is no answer at all */
export async function expectAccepted({ channel, signal }: Link, what: string): Promise<void> {
  const answer = (await channel.read(1, signal)).toString('latin1');
  if (answer === MESSAGE_OK) return;
  if (answer === MESSAGE_NOK) throw new RuntimeError('Refused', `the peer refused ${what}`);
  throw new RuntimeError('Unacknowledged', `the peer did not answer to ${what}`);
}

/**
 * Answers what was received: `1` when `check` is content. Whatever it objects to gets the same `0` and the end of the
 * connection, so the answer does not tell one fault from another.
 */
export async function answer<T>({ channel, signal }: Link, check: () => T | Promise<T>): Promise<T> {
  let accepted: T;
  try {
    accepted = await check();
  } catch (error) {
    channel.end(MESSAGE_NOK);
    throw error;
  }
  await channel.write(MESSAGE_OK, signal);
  return accepted;
}
