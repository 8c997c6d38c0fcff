import { constants, publicEncrypt } from 'node:crypto';
import { ValueError } from './errors.ts';
import { publicKeyDigest } from './public-key-digest.ts';
import { faultOf } from './rsa-bounds.ts';
import { type RSAPublicNumbers, readRSAPublicKey } from './rsa-public-key-der.ts';

const PEM_START = '-----BEGIN PUBLIC KEY-----';
const PEM_END = '-----END PUBLIC KEY-----';
/** Characters. */
const PEM_LINE = 64;

/** The other side's RSA key: what a session key is encrypted to. */
export class PeerPublicKey {
  readonly #der: Buffer;

  private constructor(der: Buffer) {
    this.#der = der;
  }

  /**
   * Reads the numbers without OpenSSL, which takes ten times as long and would work on keys of any kind and size; it meets
   * only keys within bounds, and only when something is encrypted to them.
   * @throws `ValueError` `BadPublicKey` unless it is a SubjectPublicKeyInfo of an RSA key within bounds
   */
  static fromPem(pem: string): PeerPublicKey {
    const end = pem.indexOf(PEM_END);
    if (!pem.startsWith(PEM_START) || end < 0) throw new ValueError('BadPublicKey', 'the public key is not in PEM');
    const der = Buffer.from(pem.slice(PEM_START.length, end), 'base64');
    const numbers = readRSAPublicKey(der);
    if (!numbers) throw new ValueError('BadPublicKey', 'the public key is refused: it is no RSA key in DER');
    const fault = faultOf(sizes(numbers));
    if (fault) throw new ValueError('BadPublicKey', `the public key is refused: ${fault}`);
    return new PeerPublicKey(der);
  }

  /** Hex of the SHA-256 of its SubjectPublicKeyInfo. */
  get sha256(): string {
    return publicKeyDigest(this.#der);
  }

  /** RSA-OAEP (SHA-256, MGF1-SHA-256, no label). @throws `ValueError` `BadPublicKey` when the key is no use after all */
  encrypt(plaintext: Uint8Array): Buffer {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    try {
      // PEM is the form that is read fastest, before DER and KeyObjects; ours, so that it holds what was checked.
      return publicEncrypt({ key: pemOf(this.#der), padding, oaepHash: 'sha256' }, plaintext);
    } catch (cause) {
      throw new ValueError('BadPublicKey', 'nothing can be encrypted to the public key', { cause });
    }
  }
}

function sizes({ modulus, exponent }: RSAPublicNumbers): { modulusLength: number; publicExponent: bigint } {
  const modulusLength = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  return { modulusLength, publicExponent: BigInt(`0x${exponent.toString('hex')}`) };
}

function pemOf(der: Buffer): string {
  const base64 = der.toString('base64');
  let lines = '';
  for (let at = 0; at < base64.length; at += PEM_LINE) lines += `${base64.slice(at, at + PEM_LINE)}\n`;
  return `${PEM_START}\n${lines}${PEM_END}\n`;
}
