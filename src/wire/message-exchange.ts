import type { AESWrapper } from './aes-wrapper.ts';
import { ValueError } from './errors.ts';
import type { Generation } from './generation.ts';
import { jsonText } from './json-text.ts';
import { atMost } from './length-header.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { answer, expectAccepted, type Link } from './link.ts';
import type { RandomBytes } from './random-bytes.ts';

/** The key of a session and how its messages are put into bytes. */
export interface Session {
  aes: AESWrapper;
  generation: Generation;
}

/**
 * Sends one message; resolves when the system has taken all of it.
 * @throws `ValueError` `LengthTooLarge` before anything is sent; `RuntimeError` `Refused`, `Closed`
 */
export async function sendMessage(
  link: Link,
  session: Session,
  message: object,
  randomBytes: RandomBytes,
): Promise<void> {
  const { aes, generation } = session;
  const { body, nextIv } = generation.sealBody(Buffer.from(jsonText(message), 'utf8'), aes, randomBytes);
  atMost(MAX_BODY_BYTES, body.length);
  await link.channel.write(generation.sealHeader(body.length, aes), link.signal);
  await expectAccepted(link, 'the length of a message');
  await link.channel.write(body, link.signal);
  aes.iv = nextIv;
}

/** Receives and acknowledges the length of the next message. @throws see `Generation.openHeader` */
export async function receiveLength(link: Link, { aes, generation }: Session): Promise<number> {
  const header = await link.channel.read(generation.headerBytes, link.signal);
  return answer(link, () => generation.openHeader(header, aes));
}

/**
 * Receives the message that was announced, as parsed JSON.
 * @throws `ValueError` `BadMessage`, one and the same whether decryption, padding, UTF-8 or JSON is wrong. The caller
 *   closes without an answer then, so that nobody learns which: an answer would make a padding oracle.
 */
export async function receiveBody(link: Link, { aes, generation }: Session, length: number): Promise<unknown> {
  const body = await link.channel.read(length, link.signal);
  try {
    const { plaintext, nextIv } = generation.openBody(body, aes);
    const message: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext));
    aes.iv = nextIv;
    return message;
  } catch {
    throw new ValueError('BadMessage', 'the message cannot be decrypted or is not JSON');
  }
}
