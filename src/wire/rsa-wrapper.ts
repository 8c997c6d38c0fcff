import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { ValueError } from './errors.ts';
import { publicKeyDigest } from './public-key-digest.ts';
import { faultOf } from './rsa-bounds.ts';
import { SharedHandles } from './shared-handles.ts';
import { parallelDecryptions } from './thread-pool.ts';

export interface RSAWrapperOptions {
  /** A decryption that is expected to wait longer than this for its turn is refused at once. Milliseconds, default 2,000. */
  maxWaitMs?: number | undefined;
}

const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' };
const DEFAULT_BITS = 4096;
const GENERATED_BITS = [2048, 3072, 4096];
const DEFAULT_MAX_WAIT_MS = 2_000;
/** Good clients that come at the same moment are all served, even where the machine takes longer for them. */
const MIN_WAITING = 256;

/**
 * A private RSA key, for RSA-OAEP with SHA-256. Decryption runs off the main thread, on as many cores as there are; on more
 * than four only where `UV_THREADPOOL_SIZE` says so, as that is how many threads Node has for it otherwise.
 */
export class RSAWrapper {
  /** PEM, SubjectPublicKeyInfo: what the peer is sent. */
  readonly publicKeyPem: string;
  /** Hex of the SHA-256 of the SubjectPublicKeyInfo: what the peer can pin. */
  readonly publicKeySha256: string;
  /** The length of a block that was encrypted to this key. */
  readonly blockBytes: number;
  readonly #modulus: Buffer;
  readonly #handles: SharedHandles<webcrypto.CryptoKey>;

  private constructor(publicKey: KeyObject, handles: SharedHandles<webcrypto.CryptoKey>) {
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.publicKeySha256 = publicKeyDigest(publicKey);
    this.#modulus = Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url');
    this.blockBytes = this.#modulus.length;
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

  /**
   * A new key, made off the main thread. One of 4,096 bits takes a second or so.
   * @param options.bits 2,048, 3,072 or 4,096 (default)
   * @throws `ValueError` `BadPrivateKey` for any other number of bits
   */
  static async generate(options: RSAWrapperOptions & { bits?: number | undefined } = {}): Promise<RSAWrapper> {
    const { bits = DEFAULT_BITS } = options;
    if (!GENERATED_BITS.includes(bits)) {
      throw new ValueError('BadPrivateKey', `a private key has ${GENERATED_BITS.join(', ')} bits, not ${bits}`);
    }
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
    return RSAWrapper.#from(privateKey, options);
  }

  /** How many decryptions wait for their turn. */
  get queueLength(): number {
    return this.#handles.waiting;
  }

  /** Whether a decryption would be refused now. */
  get isOverloaded(): boolean {
    return this.#handles.isFull;
  }

  /** Decrypts one block of {@link blockBytes}. @throws `ValueError` `BadKeyBlock`, the same for every fault; see `SharedHandles.use` */
  async decrypt(block: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Buffer> {
    if (!this.#isBlock(block)) throw badKeyBlock();
    return this.#handles.use(async (handle) => {
      try {
        return Buffer.from(await crypto.subtle.decrypt(ALGORITHM.name, handle, block));
      } catch {
        throw badKeyBlock();
      }
    }, signal);
  }

  /**
   * Whether a block could have been encrypted to this key, as anybody can tell. One that could not fails so fast that
   * some of them would make the line believe that it is short.
   */
  #isBlock(block: Uint8Array): boolean {
    return block.length === this.#modulus.length && Buffer.compare(block, this.#modulus) < 0;
  }

  /** One CryptoKey serves one operation at a time, so the key is imported once for each handle. */
  static async #from(key: KeyObject, options: RSAWrapperOptions): Promise<RSAWrapper> {
    const fault = faultOfPrivate(key);
    if (fault) throw new ValueError('BadPrivateKey', `the private key is refused: ${fault}`);
    const der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
    const length = parallelDecryptions(process.env);
    const imports = Array.from({ length }, () => crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['decrypt']));
    const maxWaitMs = options.maxWaitMs ?? DEFAULT_MAX_WAIT_MS;
    const handles = new SharedHandles(await Promise.all(imports), { maxWaitMs, minWaiting: MIN_WAITING });
    return new RSAWrapper(createPublicKey(key), handles);
  }
}

function badKeyBlock(): ValueError {
  return new ValueError('BadKeyBlock', 'the key block cannot be decrypted');
}

function faultOfPrivate(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'rsa') return `its type is ${key.asymmetricKeyType ?? 'unknown'}, not rsa`;
  const numbers = key.asymmetricKeyDetails ?? {};
  const fault = faultOf(numbers);
  if (fault) return fault;
  return (numbers.modulusLength ?? 0) % 8 === 0 ? undefined : 'its length is no whole number of bytes';
}
