import { randomBytes as systemRandomBytes, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { AESWrapper } from '../wire/aes-wrapper.ts';
import { ByteChannel, type ByteChannelOptions } from '../wire/byte-channel.ts';
import { DEFAULT_CLIENT_TIMEOUT } from '../wire/constants.ts';
import { RuntimeError, ValueError } from '../wire/errors.ts';
import { generation3 } from '../wire/generation-3.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../wire/key-exchange.ts';
import type { Link } from '../wire/link.ts';
import { receiveBody, receiveLength, type Session, sendMessage } from '../wire/message-exchange.ts';
import type { PeerPublicKey } from '../wire/peer-public-key.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import { parseRequest, type Request } from '../wire/request.ts';
import { withReason } from '../wire/response.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { Answer } from './answer.ts';
import { clientId, plainAddress } from './client-address.ts';

export interface ClientInstanceOptions extends ByteChannelOptions {
  /** Connected. */
  socket: Socket;
  rsaWrapper: RSAWrapper;
  /** For the key exchange and the request together, and once more for the response. Seconds, default 10. */
  timeoutSeconds?: number | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}

/**
 * The server's view of one client. Every method that talks to the client throws `RuntimeError` (`Closed`, `Refused`,
 * `TimedOut`…) or `ValueError` (what the client sent is wrong); the connection is of no use after that.
 */
export class ClientInstance implements Disposable {
  readonly #socket: Socket;
  readonly #rsaWrapper: RSAWrapper;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  readonly #channel: ByteChannel;
  readonly #deadline: Deadline;
  readonly #ip: string;
  readonly #creationTimestamp: number;
  #peerKey: PeerPublicKey | undefined;
  #session: Session | undefined;
  #storedRequest: Request | undefined;

  constructor(options: ClientInstanceOptions) {
    this.#socket = options.socket;
    this.#rsaWrapper = options.rsaWrapper;
    this.#timeoutMs = (options.timeoutSeconds ?? DEFAULT_CLIENT_TIMEOUT) * 1000;
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    this.#channel = new ByteChannel(options.socket, options);
    this.#deadline = new Deadline(this.#clock);
    const { signal } = this.#deadline;
    signal.addEventListener('abort', () => this.#channel.destroy(signal.reason), { once: true });
    this.#allowTime('the handshake and the request');
    this.#ip = plainAddress(options.socket.remoteAddress ?? '');
    this.#creationTimestamp = this.#clock.now();
  }

  isClosed(): boolean {
    return this.#channel.closed.aborted;
  }

  /** Aborts as soon as the client has ended its side, or the connection is gone. */
  get closed(): AbortSignal {
    return this.#channel.closed;
  }

  getSocketDescriptor(): Socket {
    return this.#socket;
  }

  getIP(): string {
    return this.#ip;
  }

  /** The first 7 hex digits of the SHA-256 of the client's address. */
  getID(): string {
    return clientId(this.#ip);
  }

  /** Milliseconds since the epoch. */
  getCreationTimestamp(): number {
    return this.#creationTimestamp;
  }

  getStoredRequest(): Request | undefined {
    return this.#storedRequest;
  }

  getRSAWrapper(): RSAWrapper {
    return this.#rsaWrapper;
  }

  /** The session's key, once the keys are exchanged. */
  getAESWrapper(): AESWrapper | undefined {
    return this.#session?.aes;
  }

  /** Sends what is still to be sent and closes. @throws `RuntimeError` `Closed` when that has happened before */
  closeConnection(): void {
    if (this.isClosed()) throw new RuntimeError('Closed', 'the client is closed already');
    this.#channel.end();
  }

  /** Frees everything at once; what is still to be sent gets a moment. */
  [Symbol.dispose](): void {
    this.#deadline[Symbol.dispose]();
    if (this.#socket.destroyed) return;
    const cancel = this.#clock.after(LINGER_MS, () => this.#channel.destroy());
    this.#socket.once('close', cancel);
    this.#channel.end();
  }

  /** Public keys, then AES keys. @param options.receiveFirst whether the client speaks first; default true */
  async exchangeKeys(options: { receiveFirst?: boolean } = {}): Promise<void> {
    if (options.receiveFirst ?? true) {
      await this.recvPublicRSAKey();
      await this.sendPublicRSAKey();
      await this.recvAESKey();
      await this.sendAESKey();
    } else {
      await this.sendPublicRSAKey();
      await this.recvPublicRSAKey();
      await this.sendAESKey();
      await this.recvAESKey();
    }
  }

  async sendPublicRSAKey(): Promise<void> {
    await sendPublicKey(this.#link, this.#rsaWrapper);
  }

  async recvPublicRSAKey(): Promise<void> {
    this.#peerKey = await receivePublicKey(this.#link);
  }

  /** Always a fresh key, which becomes the session's: whoever replays a recorded block learns nothing. */
  async sendAESKey(): Promise<void> {
    if (!this.#peerKey) throw new RuntimeError('NotConnected', 'the public key of the client has not been received');
    const aes = AESWrapper.generate(this.#randomBytes);
    await sendSessionKey(this.#link, aes, this.#peerKey);
    this.#session = { aes, generation: generation3 };
  }

  /** Before {@link sendAESKey} any key will do, as it is not used; after it, only the very key that was sent. */
  async recvAESKey(): Promise<void> {
    const sent = this.#session?.aes;
    await receiveSessionKey(this.#link, this.#rsaWrapper, (received) => {
      if (sent && !(timingSafeEqual(sent.key, received.key) && timingSafeEqual(sent.iv, received.iv))) {
        throw new ValueError('BadKeyBlock', 'the client sent another key than it was given');
      }
    });
  }

  /** @param options.storeRequest whether {@link getStoredRequest} gives it from now on; default true. @throws `MalformedMessage` */
  async recvRequest(options: { storeRequest?: boolean } = {}): Promise<Request> {
    const session = this.#exchanged();
    const length = await receiveLength(this.#link, session);
    const request = parseRequest(await receiveBody(this.#link, session, length));
    if (options.storeRequest ?? true) this.#storedRequest = request;
    return request;
  }

  /** Takes the time limit off until the response is sent: from here on it is the server's work that takes the time. */
  suspendTimeout(): void {
    this.#deadline.clear();
  }

  /** Resolves when the client has acknowledged the length and the system has taken the body. */
  async sendResponse({ success, message, data = {}, reason }: Answer): Promise<void> {
    const session = this.#exchanged();
    this.#allowTime('taking the response');
    const response = { success, message: withReason(message, reason), data };
    await sendMessage(this.#link, session, response, this.#randomBytes);
  }

  /**
   * Ends our side and waits for the client's. False when the client broke off instead, which it does when it has not
   * read the response; true when it closed, or still holds the connection when its time is up.
   */
  async confirmTaken(): Promise<boolean> {
    try {
      await this.#channel.finish(this.#link.signal);
      return true;
    } catch {
      return this.#link.signal.aborted;
    }
  }

  get #link(): Link {
    return { channel: this.#channel, signal: this.#deadline.signal };
  }

  #exchanged(): Session {
    if (!this.#session) throw new RuntimeError('NotConnected', 'the keys have not been exchanged');
    return this.#session;
  }

  #allowTime(what: string): void {
    const seconds = this.#timeoutMs / 1000;
    this.#deadline.set(this.#timeoutMs, () => new RuntimeError('TimedOut', `${what} took longer than ${seconds} s`));
  }
}

/** For the last byte to leave. */
const LINGER_MS = 1_000;
