import { randomBytes as systemRandomBytes, timingSafeEqual } from 'node:crypto';
import { answer } from '../../wire/acknowledgement.ts';
import { AESWrapper } from '../../wire/aes-wrapper.ts';
import type { ByteChannel } from '../../wire/byte-channel.ts';
import { MESSAGE_NOK, MESSAGE_OK } from '../../wire/constants.ts';
import { RuntimeError, ValueError } from '../../wire/errors.ts';
import { openSessionKey, receivePublicKey, sendPublicKey, sendSessionKey } from '../../wire/key-exchange.ts';
import type { PeerPublicKey } from '../../wire/peer-public-key.ts';
import type { RandomBytes } from '../../wire/random-bytes.ts';
import { RSAWrapper } from '../../wire/rsa-wrapper.ts';

export interface KeyAgreementOptions {
  rsaWrapper: RSAWrapper | undefined;
  aesWrapper: AESWrapper | undefined;
  randomBytes: RandomBytes;
}

/** The keys of one session, from the server's side: the steps of their exchange, and what has come of them. */
export class KeyAgreement {
  readonly #channel: ByteChannel;
  readonly #randomBytes: RandomBytes;
  /** Undefined: made when it is needed. */
  rsaWrapper: RSAWrapper | undefined;
  /** The key to give to the client. Undefined: a fresh one. */
  aesWrapper: AESWrapper | undefined;
  #peerKey: PeerPublicKey | undefined;
  /** What the client was given: the key of the session. */
  #agreed: AESWrapper | undefined;
  /** Of the key block that the client sent: the key in it, undefined when there is none. */
  #proposed: Promise<AESWrapper | undefined> | undefined;

  constructor(channel: ByteChannel, { rsaWrapper, aesWrapper, randomBytes }: KeyAgreementOptions) {
    this.#channel = channel;
    this.#randomBytes = randomBytes;
    this.rsaWrapper = rsaWrapper;
    this.aesWrapper = aesWrapper;
  }

  /** The session's key; undefined until it has been sent. */
  get agreed(): AESWrapper | undefined {
    return this.#agreed;
  }

  set agreed(aes: AESWrapper) {
    this.#agreed = aes;
  }

  async sendPublicKey(options: { headerSent?: boolean }): Promise<void> {
    await sendPublicKey(this.#channel, await this.#rsa(), options);
  }

  async receivePublicKey(): Promise<void> {
    this.#peerKey = await receivePublicKey(this.#channel);
  }

  async sendSessionKey(): Promise<void> {
    if (!this.#peerKey) throw new RuntimeError('NotConnected', 'the public key of the client has not been received');
    const aes = this.aesWrapper ?? AESWrapper.generate(this.#randomBytes);
    await sendSessionKey(this.#channel, aes, this.#peerKey);
    this.#agreed = aes;
  }

  async receiveSessionKey(): Promise<void> {
    const rsa = await this.#rsa();
    const block = await this.#channel.read(rsa.blockBytes);
    if (rsa.isOverloaded) {
      this.#channel.end(MESSAGE_NOK);
      throw new RuntimeError('Overloaded', 'too many wait for the private key');
    }
    const proposed = proposedKey(block, rsa, this.#channel.closed);
    const sent = this.#agreed;
    if (sent) {
      const nobodys = AESWrapper.generate(systemRandomBytes);
      const received = (await proposed) ?? nobodys;
      answer(this.#channel, () => assertSameKey(sent, received));
      return;
    }
    proposed.catch(() => undefined);
    this.#proposed = proposed;
    this.#channel.send(MESSAGE_OK);
  }

  /**
   * The session's key, for the first message. After a block that held no key it is one that nobody has, so that the message
   * can't be read.
   * @throws `RuntimeError` `NotConnected` before the keys are exchanged
   */
  async forFirstMessage(): Promise<AESWrapper> {
    const agreed = this.exchanged();
    // Made in any case, before it is known whether it is needed: then it takes no time that tells.
    const nobodys = AESWrapper.generate(systemRandomBytes);
    if (this.#proposed && !(await this.#proposed)) this.#agreed = nobodys;
    return this.#agreed ?? agreed;
  }

  /** @throws `RuntimeError` `NotConnected` */
  exchanged(): AESWrapper {
    if (!this.#agreed) throw new RuntimeError('NotConnected', 'the keys have not been exchanged');
    return this.#agreed;
  }

  async #rsa(): Promise<RSAWrapper> {
    this.rsaWrapper ??= await RSAWrapper.generate();
    return this.rsaWrapper;
  }
}

/**
 * The key that a client proposes; undefined when its block holds none. Whoever asks goes on as if there were one, so that
 * a client never learns from the exchange whether a block could be decrypted.
 * @throws the signal's reason when it aborts in the line
 */
async function proposedKey(block: Buffer, rsa: RSAWrapper, signal: AbortSignal): Promise<AESWrapper | undefined> {
  try {
    return await openSessionKey(block, rsa, signal);
  } catch (error) {
    if (error instanceof ValueError && error.code === 'BadKeyBlock') return undefined;
    throw error;
  }
}

/** @throws `ValueError` `BadKeyBlock` */
function assertSameKey(sent: AESWrapper, received: AESWrapper): void {
  if (timingSafeEqual(sent.key, received.key) && timingSafeEqual(sent.iv, received.iv)) return;
  throw new ValueError('BadKeyBlock', 'the client sent another key than it was given');
}
