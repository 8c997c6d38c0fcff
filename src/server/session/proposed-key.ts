import type { AESWrapper } from '../../wire/aes-wrapper.ts';
import { ValueError } from '../../wire/errors.ts';
import { openSessionKey } from '../../wire/key-exchange.ts';
import type { RSAWrapper } from '../../wire/rsa-wrapper.ts';

/**
 * The key that a client proposes; undefined when its block holds none. Whoever asks goes on as if there were one, so that
 * a client never learns from the exchange whether a block could be decrypted.
 * @throws `RuntimeError` `Overloaded`; the signal's reason when it aborts in the line
 */
export async function proposedKey(
  block: Buffer,
  rsa: RSAWrapper,
  signal: AbortSignal,
): Promise<AESWrapper | undefined> {
  try {
    return await openSessionKey(block, rsa, signal);
  } catch (error) {
    if (error instanceof ValueError && error.code === 'BadKeyBlock') return undefined;
    throw error;
  }
}
