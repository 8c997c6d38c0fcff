/** The four steps of the key exchange. Either side may take any of them first; both take all four. */
import { answer, expectAccepted } from './acknowledgement.ts';
import { AESWrapper } from './aes-wrapper.ts';
import type { ByteChannel } from './byte-channel.ts';
import { MESSAGE_NOK, MESSAGE_OK } from './constants.ts';
import { ValueError } from './errors.ts';
import { atMost, formatLength, parseLength } from './length-header.ts';
import { AES_BLOCK_BYTES, AES_KEY_BYTES, MAX_PEM_BYTES, PLAIN_HEADER_BYTES } from './limits.ts';
import { PeerPublicKey } from './peer-public-key.ts';
import type { RSAWrapper } from './rsa-wrapper.ts';

/** The first frame of {@link sendPublicKey}. */
export function publicKeyHeader(rsa: RSAWrapper): Buffer {
  return formatLength(rsa.publicKeyPem.length);
}

/** @param options.headerSent that {@link publicKeyHeader} is on its way already */
export async function sendPublicKey(
  channel: ByteChannel,
  rsa: RSAWrapper,
  options: { headerSent?: boolean } = {},
): Promise<void> {
  if (!options.headerSent) channel.send(publicKeyHeader(rsa));
  await expectAccepted(channel, 'the length of the public key');
  channel.send(rsa.publicKeyPem);
  await expectAccepted(channel, 'the public key');
}

/** @throws `ValueError` `BadHeader`, `LengthTooLarge`, `BadPublicKey` */
export async function receivePublicKey(channel: ByteChannel): Promise<PeerPublicKey> {
  const header = await channel.read(PLAIN_HEADER_BYTES);
  const length = answer(channel, () => atMost(MAX_PEM_BYTES, parseLength(header)));
  const pem = await channel.read(length);
  return answer(channel, () => PeerPublicKey.fromPem(pem.toString('latin1')));
}

/** Sends a key and its IV as one block that only the peer can read. */
export async function sendSessionKey(channel: ByteChannel, aes: AESWrapper, peer: PeerPublicKey): Promise<void> {
  channel.send(peer.encrypt(Buffer.concat([aes.key, aes.iv])));
  await expectAccepted(channel, 'the session key');
}

/**
 * Receives the block of {@link sendSessionKey}; a block that holds no key is refused.
 * @throws see {@link openSessionKey}
 */
export async function receiveSessionKey(channel: ByteChannel, rsa: RSAWrapper): Promise<AESWrapper> {
  const block = await channel.read(rsa.blockBytes);
  try {
    const aes = await openSessionKey(block, rsa, channel.closed);
    channel.send(MESSAGE_OK);
    return aes;
  } catch (error) {
    channel.end(MESSAGE_NOK);
    throw error;
  }
}

/**
 * Opens the block of {@link sendSessionKey}.
 * @throws `ValueError` `BadKeyBlock`; `RuntimeError` `Overloaded`; the signal's reason when it aborts in the line
 */
export async function openSessionKey(block: Buffer, rsa: RSAWrapper, signal: AbortSignal): Promise<AESWrapper> {
  const plaintext = await rsa.decrypt(new Uint8Array(block), signal);
  if (plaintext.length !== AES_KEY_BYTES + AES_BLOCK_BYTES) {
    throw new ValueError('BadKeyBlock', 'the key block does not hold a key and an IV');
  }
  return new AESWrapper(plaintext.subarray(0, AES_KEY_BYTES), plaintext.subarray(AES_KEY_BYTES));
}
