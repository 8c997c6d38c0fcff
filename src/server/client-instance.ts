import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { AESWrapper } from '../wire/aes-wrapper.ts';
import { ByteChannel } from '../wire/byte-channel.ts';
import { RuntimeError } from '../wire/errors.ts';
import type { Generation, GenerationNumber } from '../wire/generation.ts';
import { generation3 } from '../wire/generation-3.ts';
import { receiveBody, receiveFirstLength, sendMessage } from '../wire/message-exchange.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import { parseRequest, type Request } from '../wire/request.ts';
import { withReason } from '../wire/response.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { Answer } from './answer.ts';
import { clientId, plainAddress } from './client-address.ts';
import type { ClientInstanceOptions } from './client-instance-options.ts';
import type { RequestClient } from './request-client.ts';
import { KeyAgreement } from './session/key-agreement.ts';
import { TimeLimit } from './session/time-limit.ts';

/**
 * The server's view of one client. Every method that talks to the client throws `RuntimeError` (`Closed`, `Refused`,
 * `TimedOut`…) or `ValueError` (what the client sent is wrong); the connection is of no use after that.
 */
export class ClientInstance implements RequestClient, Disposable {
  readonly #options: ClientInstanceOptions;
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  readonly #channel: ByteChannel;
  readonly #time: TimeLimit;
  readonly #ip: string;
  readonly #creationTimestamp: number;
  readonly #keys: KeyAgreement;
  #generation: Generation | undefined;
  #storedRequest: Request | undefined;
  #sentMessage: string | undefined;

  constructor(options: ClientInstanceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    this.#channel = new ByteChannel(options.socket, options);
    const { rsaWrapper, aesWrapper } = options;
    this.#keys = new KeyAgreement(this.#channel, { rsaWrapper, aesWrapper, randomBytes: this.#randomBytes });
    const limits = {
      clock: this.#clock,
      totalMs: options.timeout === undefined ? undefined : options.timeout * 1000,
      stepMs: options.stepTimeout === undefined ? undefined : options.stepTimeout * 1000,
      onStepEnded: options.onStepEnded,
      onTimeout: (error: RuntimeError) => this.#channel.destroy(error),
    };
    this.#time = new TimeLimit(limits, options.connectedAt ?? this.#clock.elapsed());
    this.#time.begin('publicKeys');
    this.#ip = plainAddress(options.address ?? options.socket.remoteAddress ?? '');
    this.#creationTimestamp = this.#clock.now();
  }

  isClosed(): boolean {
    return this.#channel.isClosed;
  }

  get closed(): AbortSignal {
    return this.#channel.closed;
  }

  getSocketDescriptor(): Socket {
    return this.#options.socket;
  }

  getIP(): string {
    return this.#ip;
  }

  getID(): string {
    return clientId(this.#ip);
  }

  getCreationTimestamp(): number {
    return this.#creationTimestamp;
  }

  getStoredRequest(): Request | undefined {
    return this.#storedRequest;
  }

  getRSAWrapper(): RSAWrapper | undefined {
    return this.#keys.rsaWrapper;
  }

  /** The session's key, once the keys are exchanged. */
  getAESWrapper(): AESWrapper | undefined {
    return this.#keys.agreed ?? this.#keys.aesWrapper;
  }

  /** For a key exchange that is still to come. */
  setRSAWrapper(rsaWrapper: RSAWrapper): void {
    this.#keys.rsaWrapper = rsaWrapper;
  }

  /** The key to give to the client; once the keys are exchanged, the key of the session. */
  setAESWrapper(aesWrapper: AESWrapper): void {
    this.#keys.aesWrapper = aesWrapper;
    if (this.#keys.agreed) this.#keys.agreed = aesWrapper;
  }

  getSentMessage(): string | undefined {
    return this.#sentMessage;
  }

  /** The generation of the protocol that the client speaks, once its request is there. */
  getGeneration(): GenerationNumber | undefined {
    return this.#generation?.number;
  }

  closeConnection(): void {
    if (this.isClosed()) throw new RuntimeError('Closed', 'the client is closed already');
    this.#channel.end();
  }

  /** Frees everything at once; what is still to be sent gets a moment. */
  [Symbol.dispose](): void {
    this.#time[Symbol.dispose]();
    const { socket } = this.#options;
    if (socket.destroyed) return;
    const cancel = this.#clock.after(LINGER_MS, () => this.#channel.destroy());
    socket.once('close', cancel);
    this.#channel.end();
  }

  /** Public keys, then AES keys. @param options.receiveFirst whether the client speaks first; default true */
  async exchangeKeys(options: { receiveFirst?: boolean; headerSent?: boolean } = {}): Promise<void> {
    if (options.receiveFirst ?? true) {
      await this.recvPublicRSAKey();
      await this.sendPublicRSAKey();
      this.#time.begin('sessionKeys');
      await this.recvAESKey();
      await this.sendAESKey();
    } else {
      await this.sendPublicRSAKey(options);
      await this.recvPublicRSAKey();
      this.#time.begin('sessionKeys');
      await this.sendAESKey();
      await this.recvAESKey();
    }
  }

  async sendPublicRSAKey(options: { headerSent?: boolean } = {}): Promise<void> {
    await this.#keys.sendPublicKey(options);
  }

  async recvPublicRSAKey(): Promise<void> {
    await this.#keys.receivePublicKey();
  }

  /** A fresh key unless one was set, which becomes the session's: whoever replays a recorded block learns nothing. */
  async sendAESKey(): Promise<void> {
    await this.#keys.sendSessionKey();
  }

  /**
   * After {@link sendAESKey}, only the very key that was sent is accepted. Before it any block is: the key in it is not used,
   * and what follows a block without one fails as any bad message does.
   */
  async recvAESKey(): Promise<void> {
    await this.#keys.receiveSessionKey();
  }

  /** @param options.storeRequest whether {@link getStoredRequest} gives it from now on; default true. @throws `MalformedMessage` */
  async recvRequest(options: { storeRequest?: boolean } = {}): Promise<Request> {
    if (!this.#keys.agreed && (this.#options.exchangeKeys ?? true)) await this.exchangeKeys();
    this.#keys.exchanged();
    this.#time.begin('request');
    const announced = await receiveFirstLength(this.#channel, () => this.#keys.forFirstMessage());
    const { message, generation } = await receiveBody(this.#channel, this.#keys.exchanged(), announced);
    this.#generation = generation;
    const request = parseRequest(message);
    if (options.storeRequest ?? true) this.#storedRequest = request;
    return request;
  }

  /** Takes the time limit off until the response is sent: from here on it is the server's work that takes the time. */
  suspendTimeout(): void {
    this.#time.end();
  }

  /** Resolves when the client has acknowledged the length and the system has taken the body. */
  async sendResponse({ success, message, data = {}, reason }: Answer): Promise<void> {
    const session = { aes: this.#keys.exchanged(), generation: this.#generation ?? generation3 };
    this.#time.begin('response');
    const response = { success, message: withReason(message, reason), data };
    if (this.isClosed()) throw new RuntimeError('Closed', 'the client is closed');
    this.#sentMessage = message;
    try {
      await sendMessage(this.#channel, session, response, this.#randomBytes);
    } catch (error) {
      // Too large, or not to be put into JSON: nothing was sent.
      if (!(error instanceof RuntimeError)) this.#sentMessage = undefined;
      throw error;
    }
    this.#time.end();
  }

  /**
   * Ends our side and waits for the client's. False when the client broke off instead, which it does when it has not
   * read the response; true when it closed, or still holds the connection when its time is up.
   */
  async confirmTaken(): Promise<boolean> {
    this.#time.begin('response');
    try {
      await this.#channel.finish();
      return true;
    } catch (error) {
      return error instanceof RuntimeError && error.code === 'TimedOut';
    }
  }
}

/** For the last byte to leave. */
const LINGER_MS = 1_000;
