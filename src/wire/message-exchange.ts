import { answer, expectAccepted } from './acknowledgement.ts';
import type { AESWrapper } from './aes-wrapper.ts';
import type { ByteChannel } from './byte-channel.ts';
import { ValueError } from './errors.ts';
import type { Generation } from './generation.ts';
import { generation1 } from './generation-1.ts';
import { generation2 } from './generation-2.ts';
import { generation3 } from './generation-3.ts';
import { jsonText } from './json-text.ts';
import { atMost, isPlainHeader } from './length-header.ts';
import { MAX_BODY_BYTES, PLAIN_HEADER_BYTES } from './limits.ts';
import type { RandomBytes } from './random-bytes.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The key of a session and how its messages are put into bytes. */
export interface Session {
  aes: AESWrapper;
  generation: Generation;
}

/** A body that was announced, and the generations that it may be of. */
export interface Announcement {
  length: number;
  candidates: readonly Generation[];
}

/**
 * Sends one message; resolves when the system has taken all of it.
 * @throws `ValueError` `LengthTooLarge` before anything is sent; `RuntimeError` `Refused`, `Closed`
 */
export async function sendMessage(
  channel: ByteChannel,
  { aes, generation }: Session,
  message: object,
  randomBytes: RandomBytes,
): Promise<void> {
  const { body, nextIv } = generation.sealBody(Buffer.from(jsonText(message), 'utf8'), aes, randomBytes);
  atMost(MAX_BODY_BYTES, body.length);
  channel.send(generation.sealHeader(body.length, aes));
  await expectAccepted(channel, 'the length of a message');
  await channel.write(body);
  aes.iv = nextIv;
}

/** Receives and acknowledges the length of the next message. @throws see `Generation.openHeader` */
export async function receiveLength(channel: ByteChannel, { aes, generation }: Session): Promise<Announcement> {
  const header = await channel.read(generation.headerBytes);
  return { length: answer(channel, () => generation.openHeader(header, aes)), candidates: [generation] };
}

/**
 * The same for a peer whose generation is not known. A header that is plain text is of generation 1 or 2, any other of 3:
 * that an encrypted one looks like plain text has a probability below 1e-11.
 * @param key gives the key once it is known to be the session's
 */
export async function receiveFirstLength(
  channel: ByteChannel,
  key: () => Promise<AESWrapper> | AESWrapper,
): Promise<Announcement> {
  const start = await channel.read(PLAIN_HEADER_BYTES);
  const isPlain = isPlainHeader(start);
  const header = isPlain
    ? start
    : Buffer.concat([start, await channel.read(generation3.headerBytes - PLAIN_HEADER_BYTES)]);
  const aes = await key();
  const generation = isPlain ? generation1 : generation3;
  const length = answer(channel, () => generation.openHeader(header, aes));
  return { length, candidates: isPlain ? [generation1, generation2] : [generation3] };
}

/**
 * Receives the message that was announced, as parsed JSON, and the generation that it turned out to be of.
 * @throws `ValueError` `BadMessage`, one and the same whether decryption, padding, UTF-8 or JSON is wrong. The caller
 *   closes without an answer then, so that nobody learns which: an answer would make a padding oracle.
 */
export async function receiveBody(
  channel: ByteChannel,
  aes: AESWrapper,
  { length, candidates }: Announcement,
): Promise<{ message: unknown; generation: Generation }> {
  const body = await channel.read(length);
  for (const generation of candidates) {
    const opened = openMessage(body, aes, generation);
    if (!opened) continue;
    aes.iv = opened.nextIv;
    return { message: opened.message, generation };
  }
  throw new ValueError('BadMessage', 'the message cannot be decrypted or is not JSON');
}

function openMessage(
  body: Buffer,
  aes: AESWrapper,
  generation: Generation,
): { message: unknown; nextIv: Buffer } | undefined {
  try {
    const { plaintext, nextIv } = generation.openBody(body, aes);
    return { message: JSON.parse(utf8.decode(plaintext)), nextIv };
  } catch {
    return undefined;
  }
}
