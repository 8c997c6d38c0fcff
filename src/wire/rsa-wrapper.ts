import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { ValueError } from './errors.ts';
import { faultOf } from './rsa-bounds.ts';
import { SharedHandles } from './shared-handles.ts';

export interface RSAWrapperOptions {
  /** How many decryptions may wait for their turn. Default 512; one more is refused at once. */
  maxWaiting?: number | undefined;
}

const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' };
const DEFAULT_BITS = 4096;
const DEFAULT_MAX_WAITING = 512;

/** A private RSA key, for RSA-OAEP with SHA-256. Decryption runs off the main thread, on as many cores as there are. */
export class RSAWrapper {
  /** PEM, SubjectPublicKeyInfo: what the peer is sent. */
  readonly publicKeyPem: string;
  /** The length of a block that was encrypted to this key. */
  readonly blockBytes: number;
  readonly #handles: SharedHandles<webcrypto.CryptoKey>;

  private constructor(publicKey: KeyObject, handles: SharedHandles<webcrypto.CryptoKey>) {
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.blockBytes = (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
    this.#handles = handles;
  }

  /** @param pem a private key, PKCS#8 or PKCS#1. @throws `ValueError` `BadPrivateKey` unless it is RSA, 2,048 to 4,096 bits */
  static async fromPem(pem: string, options: RSAWrapperOptions = {}): Promise<RSAWrapper> {
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch {
      // The cause may quote the input, which is a secret.
      throw new ValueError('BadPrivateKey', 'the private key cannot be read: it must be PEM, PKCS#8 or PKCS#1');
    }
    return RSAWrapper.#from(key, options);
  }

  /** A new key, made off the main thread. One of 4,096 bits takes a second or so. @param bits 2,048 to 4,096, default 4,096 */
  static async generate(options: RSAWrapperOptions & { bits?: number | undefined } = {}): Promise<RSAWrapper> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: options.bits ?? DEFAULT_BITS });
    return RSAWrapper.#from(privateKey, options);
  }

  /** Decrypts one block of {@link blockBytes}. @throws `ValueError` `BadKeyBlock`, the same for every fault; see `SharedHandles.use` */
  async decrypt(block: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Buffer> {
    return this.#handles.use(async (handle) => {
      try {
        return Buffer.from(await crypto.subtle.decrypt(ALGORITHM.name, handle, block));
      } catch {
        throw new ValueError('BadKeyBlock', 'the key block cannot be decrypted');
      }
    }, signal);
  }

  /** One CryptoKey serves one operation at a time, so the key is imported once for each core. */
  static async #from(key: KeyObject, options: RSAWrapperOptions): Promise<RSAWrapper> {
    const fault = faultOf(key) ?? (modulusBits(key) % 8 === 0 ? undefined : 'its length is no whole number of bytes');
    if (fault) throw new ValueError('BadPrivateKey', `the private key is refused: ${fault}`);
    const der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
    const imports = Array.from({ length: availableParallelism() }, () =>
      crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['decrypt']),
    );
    const handles = new SharedHandles(await Promise.all(imports), options.maxWaiting ?? DEFAULT_MAX_WAITING);
    return new RSAWrapper(createPublicKey(key), handles);
  }
}

function modulusBits(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}
