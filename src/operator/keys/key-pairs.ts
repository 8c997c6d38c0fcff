import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';

export interface KeyPair {
  /** PKCS#8. */
  privatePem: string;
  /** SubjectPublicKeyInfo. */
  publicPem: string;
}

/** The threads that make keys look up names and read files too. */
const AT_A_TIME = 2;

/** Makes RSA keys off the event loop, two at a time at most: one of 4096 bits takes a second or so. */
export class KeyPairs {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async make(bits: number): Promise<KeyPair> {
    if (this.#running < AT_A_TIME) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
        modulusLength: bits,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      return { privatePem: privateKey, publicPem: publicKey };
    } finally {
      // The turn is handed over, or given back.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
