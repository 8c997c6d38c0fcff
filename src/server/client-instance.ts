import { randomBytes as systemRandomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../runtime/clock.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { answer } from '../wire/acknowledgement.ts';
import { AESWrapper } from '../wire/aes-wrapper.ts';
import { ByteChannel, type ByteChannelOptions } from '../wire/byte-channel.ts';
import { MESSAGE_NOK, MESSAGE_OK } from '../wire/constants.ts';
import { RuntimeError, ValueError } from '../wire/errors.ts';
import type { GenerationNumber } from '../wire/generation.ts';
import { generation3 } from '../wire/generation-3.ts';
import { receivePublicKey, sendPublicKey, sendSessionKey } from '../wire/key-exchange.ts';
import { receiveBody, receiveFirstLength, type Session, sendMessage } from '../wire/message-exchange.ts';
import type { PeerPublicKey } from '../wire/peer-public-key.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import { parseRequest, type Request } from '../wire/request.ts';
import { withReason } from '../wire/response.ts';
import { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { Answer } from './answer.ts';
import { clientId, plainAddress } from './client-address.ts';
import type { RequestClient } from './request-client.ts';
import { proposedKey } from './session/proposed-key.ts';
import { type SessionStep, TimeLimit } from './session/time-limit.ts';

export interface ClientInstanceOptions extends ByteChannelOptions {
  /** Connected: a TCP socket, or TLS over one. */
  socket: Socket;
  /** For the key exchange and the request together, and once more for the response. Seconds; default: no limit. */
  timeout?: number | undefined;
  /** For each step of them. Seconds; default: `timeout` alone. */
  stepTimeout?: number | undefined;
  /** Default: a new key of 4,096 bits, made when it is needed, which takes a second or so. */
  rsaWrapper?: RSAWrapper | undefined;
  /** The key to give to the client. Default, and better: a fresh one. */
  aesWrapper?: AESWrapper | undefined;
  /** Whether `recvRequest` exchanges the keys when that has not been done. Default true. */
  exchangeKeys?: boolean | undefined;
  /** Where the client is. Default: the address of the socket's other end. */
  address?: string | undefined;
  /** When the client connected, on `clock.elapsed()`. Default: now. */
  connectedAt?: number | undefined;
  /** Called with how many milliseconds a step took. */
  onStepEnded?: ((step: SessionStep, ms: number) => void) | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}

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
  #rsaWrapper: RSAWrapper | undefined;
  #aesWrapper: AESWrapper | undefined;
  #peerKey: PeerPublicKey | undefined;
  #session: Session | undefined;
  /** Of the key block that the client sent: the key in it, undefined when there is none. */
  #proposed: Promise<AESWrapper | undefined> | undefined;
  #generation: GenerationNumber | undefined;
  #storedRequest: Request | undefined;
  #sentMessage: string | undefined;

  constructor(options: ClientInstanceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    this.#rsaWrapper = options.rsaWrapper;
    this.#aesWrapper = options.aesWrapper;
    this.#channel = new ByteChannel(options.socket satisfies Duplex, options);
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
    return this.#rsaWrapper;
  }

  /** The session's key, once the keys are exchanged. */
  getAESWrapper(): AESWrapper | undefined {
    return this.#session?.aes ?? this.#aesWrapper;
  }

  /** For a key exchange that is still to come. */
  setRSAWrapper(rsaWrapper: RSAWrapper): void {
    this.#rsaWrapper = rsaWrapper;
  }

  /** The key to give to the client; once the keys are exchanged, the key of the session. */
  setAESWrapper(aesWrapper: AESWrapper): void {
    this.#aesWrapper = aesWrapper;
    if (this.#session) this.#session = { ...this.#session, aes: aesWrapper };
  }

  getSentMessage(): string | undefined {
    return this.#sentMessage;
  }

  /** The generation of the protocol that the client speaks, once its request is there. */
  getGeneration(): GenerationNumber | undefined {
    return this.#generation;
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
    await sendPublicKey(this.#channel, await this.#rsa(), options);
  }

  async recvPublicRSAKey(): Promise<void> {
    this.#peerKey = await receivePublicKey(this.#channel);
  }

  /** A fresh key unless one was set, which becomes the session's: whoever replays a recorded block learns nothing. */
  async sendAESKey(): Promise<void> {
    if (!this.#peerKey) throw new RuntimeError('NotConnected', 'the public key of the client has not been received');
    const aes = this.#aesWrapper ?? AESWrapper.generate(this.#randomBytes);
    await sendSessionKey(this.#channel, aes, this.#peerKey);
    this.#session = { aes, generation: generation3 };
  }

  /**
   * After {@link sendAESKey}, only the very key that was sent is accepted. Before it any block is: the key in it is not used,
   * and what follows a block without one fails as any bad message does.
   */
  async recvAESKey(): Promise<void> {
    const rsa = await this.#rsa();
    const block = await this.#channel.read(rsa.blockBytes);
    if (rsa.isOverloaded) {
      this.#channel.end(MESSAGE_NOK);
      throw new RuntimeError('Overloaded', 'too many wait for the private key');
    }
    const proposed = proposedKey(block, rsa, this.#channel.closed);
    const sent = this.#session?.aes;
    if (sent) {
      const received = (await proposed) ?? AESWrapper.generate(systemRandomBytes);
      answer(this.#channel, () => assertSameKey(sent, received));
      return;
    }
    proposed.catch(() => undefined);
    this.#proposed = proposed;
    this.#channel.send(MESSAGE_OK);
  }

  /** @param options.storeRequest whether {@link getStoredRequest} gives it from now on; default true. @throws `MalformedMessage` */
  async recvRequest(options: { storeRequest?: boolean } = {}): Promise<Request> {
    if (!this.#session && (this.#options.exchangeKeys ?? true)) await this.exchangeKeys();
    this.#exchanged();
    this.#time.begin('request');
    const announced = await receiveFirstLength(this.#channel, () => this.#sessionKey());
    const session = this.#exchanged();
    const { message, generation } = await receiveBody(this.#channel, session.aes, announced);
    this.#session = { aes: session.aes, generation };
    this.#generation = generation.number;
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
    const session = this.#exchanged();
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

  /** The session's key. After a block that held no key it is one that nobody has: the client's next message can't be read. */
  async #sessionKey(): Promise<AESWrapper> {
    const session = this.#exchanged();
    if (this.#proposed && !(await this.#proposed)) {
      this.#session = { ...session, aes: AESWrapper.generate(systemRandomBytes) };
    }
    return this.#exchanged().aes;
  }

  #exchanged(): Session {
    if (!this.#session) throw new RuntimeError('NotConnected', 'the keys have not been exchanged');
    return this.#session;
  }

  async #rsa(): Promise<RSAWrapper> {
    this.#rsaWrapper ??= await RSAWrapper.generate();
    return this.#rsaWrapper;
  }
}

/** For the last byte to leave. */
const LINGER_MS = 1_000;

/** @throws `ValueError` `BadKeyBlock` */
function assertSameKey(sent: AESWrapper, received: AESWrapper): void {
  if (timingSafeEqual(sent.key, received.key) && timingSafeEqual(sent.iv, received.iv)) return;
  throw new ValueError('BadKeyBlock', 'the client sent another key than it was given');
}
