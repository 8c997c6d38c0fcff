import { constants, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto';
import { ValueError } from './errors.ts';
import { faultOf } from './rsa-bounds.ts';

const PEM_START = '-----BEGIN PUBLIC KEY-----';

/** The other side's RSA key: what a session key is encrypted to. */
export class PeerPublicKey {
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
  }

  /** @throws `ValueError` `BadPublicKey` unless it is a SubjectPublicKeyInfo of an RSA key within bounds */
  static fromPem(pem: string): PeerPublicKey {
    if (!pem.startsWith(PEM_START)) throw new ValueError('BadPublicKey', 'the public key is not in PEM');
    let key: KeyObject;
    try {
      key = createPublicKey({ key: pem, format: 'pem', type: 'spki' });
    } catch (cause) {
      throw new ValueError('BadPublicKey', 'the public key cannot be read', { cause });
    }
    const fault = faultOf(key);
    if (fault) throw new ValueError('BadPublicKey', `the public key is refused: ${fault}`);
    return new PeerPublicKey(key);
  }

  /** RSA-OAEP (SHA-256, MGF1-SHA-256, no label). @throws `ValueError` `BadPublicKey` when the key is no use after all */
  encrypt(plaintext: Uint8Array): Buffer {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    try {
      return publicEncrypt({ key: this.#key, padding, oaepHash: 'sha256' }, plaintext);
    } catch (cause) {
      throw new ValueError('BadPublicKey', 'nothing can be encrypted to the public key', { cause });
    }
  }
}
