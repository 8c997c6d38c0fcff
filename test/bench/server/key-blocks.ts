import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';

/** What a key block can hold: a key; nothing, under padding that looks right at first; nothing, and not even that. */
export type BlockKind = 'valid' | 'badPadding' | 'badFirstByte';

/**
 * A block for a server's key. What is encrypted begins with a zero byte when it is padded as OAEP has it (RFC 8017, 7.1):
 * a server that takes longer over the one than over the other tells the key's owner's secrets, block by block.
 */
export function keyBlock(kind: BlockKind, serverPem: string, blockBytes: number): Buffer {
  const key = createPublicKey(serverPem);
  if (kind === 'valid') {
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, randomBytes(48));
  }
  const message = randomBytes(blockBytes);
  // Below the modulus, whose highest bit is set.
  message[0] = kind === 'badPadding' ? 0 : 1 + Math.floor(Math.random() * 127);
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message);
}
