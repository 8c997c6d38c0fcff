/** The four steps of the key exchange. Either side may take any of them first; both take all four. */
import { AESWrapper } from './aes-wrapper.ts';
import { ValueError } from './errors.ts';
import { formatLength, parseLength } from './length-header.ts';
import { AES_BLOCK_BYTES, AES_KEY_BYTES, MAX_PEM_BYTES, PLAIN_HEADER_BYTES } from './limits.ts';
import { answer, expectAccepted, type Link } from './link.ts';
import { PeerPublicKey } from './peer-public-key.ts';
import type { RSAWrapper } from './rsa-wrapper.ts';

export async function sendPublicKey(link: Link, rsa: RSAWrapper): Promise<void> {
  const pem = Buffer.from(rsa.publicKeyPem, 'ascii');
  await link.channel.write(formatLength(pem.length), link.signal);
  await expectAccepted(link, 'the length of the public key');
  await link.channel.write(pem, link.signal);
  await expectAccepted(link, 'the public key');
}

/** @throws `ValueError` `BadHeader`, `LengthTooLarge`, `BadPublicKey` */
export async function receivePublicKey(link: Link): Promise<PeerPublicKey> {
  const header = await link.channel.read(PLAIN_HEADER_BYTES, link.signal);
  const length = await answer(link, () => parseLength(header, MAX_PEM_BYTES));
  const pem = await link.channel.read(length, link.signal);
  return answer(link, () => PeerPublicKey.fromPem(pem.toString('latin1')));
}

/** Sends a key and its IV as one block that only the peer can read. */
export async function sendSessionKey(link: Link, aes: AESWrapper, peer: PeerPublicKey): Promise<void> {
  await link.channel.write(peer.encrypt(Buffer.concat([aes.key, aes.iv])), link.signal);
  await expectAccepted(link, 'the session key');
}

/**
 * Receives the block of {@link sendSessionKey}.
 * @param check throws when the key is not one to accept
 * @throws `ValueError` `BadKeyBlock`; `RuntimeError` `Overloaded`
 */
export async function receiveSessionKey(
  link: Link,
  rsa: RSAWrapper,
  check: (aes: AESWrapper) => void = () => undefined,
): Promise<AESWrapper> {
  const block = await link.channel.read(rsa.blockBytes, link.signal);
  return answer(link, async () => {
    const aes = sessionKey(await rsa.decrypt(new Uint8Array(block), link.signal));
    check(aes);
    return aes;
  });
}

function sessionKey(plaintext: Buffer): AESWrapper {
  if (plaintext.length !== AES_KEY_BYTES + AES_BLOCK_BYTES) {
    throw new ValueError('BadKeyBlock', 'the key block does not hold a key and an IV');
  }
  return new AESWrapper(plaintext.subarray(0, AES_KEY_BYTES), plaintext.subarray(AES_KEY_BYTES));
}
