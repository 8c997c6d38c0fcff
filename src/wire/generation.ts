import type { AESWrapper } from './aes-wrapper.ts';
import type { RandomBytes } from './random-bytes.ts';

export type GenerationNumber = 1 | 2 | 3;

/** A message body and the IV that the next message is encrypted under. */
interface SealedBody {
  body: Buffer;
  nextIv: Buffer;
}

interface OpenedBody {
  plaintext: Buffer;
  nextIv: Buffer;
}

/**
 * How one generation of the protocol puts a message into bytes: a length header, then a body. Both are under the
 * session's current IV. The exchange of the two, with its acknowledgement, is the same in all generations
 * (`message-exchange.ts`).
 */
export interface Generation {
  readonly number: GenerationNumber;
  readonly headerBytes: number;
  sealBody(plaintext: Buffer, aes: AESWrapper, randomBytes: RandomBytes): SealedBody;
  sealHeader(bodyLength: number, aes: AESWrapper): Buffer;
  /** The length of the body that follows, checked. @throws `ValueError` `BadHeader`, `LengthTooLarge`, `BadLength` */
  openHeader(header: Buffer, aes: AESWrapper): number;
  /** @throws when it can't be decrypted */
  openBody(body: Buffer, aes: AESWrapper): OpenedBody;
}
