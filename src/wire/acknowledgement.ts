import type { ByteChannel } from './byte-channel.ts';
import { MESSAGE_NOK, MESSAGE_OK } from './constants.ts';
import { RuntimeError } from './errors.ts';

/** Waits for the peer's one-byte answer. @throws `RuntimeError` `Refused`, or `Unacknowledged` when it is no answer at all */
export async function expectAccepted(channel: ByteChannel, what: string): Promise<void> {
  const answer = (await channel.read(1)).toString('latin1');
  if (answer === MESSAGE_OK) return;
  if (answer === MESSAGE_NOK) throw new RuntimeError('Refused', `the peer refused ${what}`);
  throw new RuntimeError('Unacknowledged', `the peer answered ${what} with neither 1 nor 0`);
}

/**
 * Answers what was received: `1` when `check` is content. Whatever it objects to gets the same `0` and the end of the
 * connection, so the answer does not tell one fault from another.
 */
export function answer<T>(channel: ByteChannel, check: () => T): T {
  let accepted: T;
  try {
    accepted = check();
  } catch (error) {
    channel.end(MESSAGE_NOK);
    throw error;
  }
  channel.send(MESSAGE_OK);
  return accepted;
}
