import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { AESWrapper } from '../wire/aes-wrapper.ts';
import { ByteChannel } from '../wire/byte-channel.ts';
import { DEFAULT_CLIENT_TIMEOUT, DEFAULT_SERVER_LISTEN_PORT } from '../wire/constants.ts';
import { RuntimeError } from '../wire/errors.ts';
import { generation3 } from '../wire/generation-3.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../wire/key-exchange.ts';
import type { Link } from '../wire/link.ts';
import { receiveBody, receiveLength, type Session, sendMessage } from '../wire/message-exchange.ts';
import type { PeerPublicKey } from '../wire/peer-public-key.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import { parseRequest } from '../wire/request.ts';
import { parseResponse, type Response } from '../wire/response.ts';
import { RSAWrapper } from '../wire/rsa-wrapper.ts';
import { DEFAULT_ANSWER_TIMEOUT, DEFAULT_AUTO_CONNECT, DEFAULT_RECEIVE_FIRST } from './constants.ts';
import { dial } from './dial.ts';

export interface ClientInterfaceOptions {
  /** A host name will do as well. */
  serverIp: string;
  /** Default 6150. */
  serverListenPort?: number | undefined;
  /** For connecting, the key exchange and sending the request, all together. Seconds, default 10. */
  timeoutSeconds?: number | undefined;
  /** For the answer to begin to arrive: a container may have to boot. Seconds, default 300. */
  answerTimeoutSeconds?: number | undefined;
  /** Default: a new key of 4,096 bits, made when the client connects, which takes a second or so. */
  rsaWrapper?: RSAWrapper | undefined;
  /** The key to propose to the server. Default: a random one. The server's answer replaces it. */
  aesWrapper?: AESWrapper | undefined;
  /** Whether `sendRequest` connects when that has not been done. Default true. */
  autoConnect?: boolean | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}

interface Connection {
  socket: Socket;
  channel: ByteChannel;
  deadline: Deadline;
}

/**
 * A client: one connection, one request, one response. Methods throw `RuntimeError` (`ConnectFailed`, `Refused`,
 * `TimedOut`, `Closed`…) and `ValueError`; after that the connection is closed and of no use.
 */
export class ClientInterface implements AsyncDisposable {
  readonly #options: ClientInterfaceOptions;
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  #rsaWrapper: RSAWrapper | undefined;
  #aesWrapper: AESWrapper;
  #connection: Connection | undefined;
  #peerKey: PeerPublicKey | undefined;

  constructor(options: ClientInterfaceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    this.#rsaWrapper = options.rsaWrapper;
    this.#aesWrapper = options.aesWrapper ?? AESWrapper.generate(this.#randomBytes);
  }

  /** True before connecting, too. */
  isClosed(): boolean {
    return this.#connection?.channel.closed.aborted ?? true;
  }

  getSocketDescriptor(): Socket | undefined {
    return this.#connection?.socket;
  }

  getRSAWrapper(): RSAWrapper | undefined {
    return this.#rsaWrapper;
  }

  getAESWrapper(): AESWrapper {
    return this.#aesWrapper;
  }

  setRSAWrapper(rsaWrapper: RSAWrapper): void {
    this.#rsaWrapper = rsaWrapper;
  }

  setAESWrapper(aesWrapper: AESWrapper): void {
    this.#aesWrapper = aesWrapper;
  }

  /**
   * Connects and exchanges the keys.
   * @param options.receiveFirst whether to wait for the server's keys before sending ours; default false
   */
  async connectServer(options: { receiveFirst?: boolean; signal?: AbortSignal } = {}): Promise<void> {
    if (!this.isClosed()) throw new RuntimeError('Refused', 'the client is connected already');
    this.#rsaWrapper ??= await RSAWrapper.generate();
    const deadline = new Deadline(this.#clock, options.signal);
    this.#allowTime(deadline, this.#options.timeoutSeconds ?? DEFAULT_CLIENT_TIMEOUT, 'connecting');
    await this.#guarded(async () => {
      const { serverIp: host, serverListenPort: port = DEFAULT_SERVER_LISTEN_PORT } = this.#options;
      const socket = await dial({ host, port }, deadline.signal);
      this.#connection = { socket, channel: new ByteChannel(socket), deadline };
      if (options.receiveFirst ?? DEFAULT_RECEIVE_FIRST) {
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
    }, deadline);
  }

  async sendPublicRSAKey(): Promise<void> {
    await sendPublicKey(this.#link(), this.#requireRsaWrapper());
  }

  async recvPublicRSAKey(): Promise<void> {
    this.#peerKey = await receivePublicKey(this.#link());
  }

  /** Sends the key of the AES wrapper: the one to propose, or in the other order the one that was received. */
  async sendAESKey(): Promise<void> {
    if (!this.#peerKey) throw new RuntimeError('NotConnected', 'the public key of the server has not been received');
    await sendSessionKey(this.#link(), this.#aesWrapper, this.#peerKey);
  }

  /** The key received is the session's. */
  async recvAESKey(): Promise<void> {
    this.#aesWrapper = await receiveSessionKey(this.#link(), this.#requireRsaWrapper());
  }

  /** @throws `MalformedMessage` before anything is sent when the protocol does not allow the request */
  async sendRequest(verb: string, parameters: Record<string, unknown> = {}, signal?: AbortSignal): Promise<void> {
    const request = parseRequest({ verb, parameters });
    if (!this.#connection && (this.#options.autoConnect ?? DEFAULT_AUTO_CONNECT)) {
      await this.connectServer(signal ? { signal } : {});
    }
    const link = this.#link();
    await this.#guarded(() => sendMessage(link, this.#session, request, this.#randomBytes));
    this.#connection?.deadline.clear();
  }

  /**
   * Waits for the response.
   * @param signal ends the waiting. Once the length of the response is acknowledged it does not count any more: from
   *   there on the server takes the response for delivered, so it is read to its end.
   */
  async recvResponse(signal?: AbortSignal): Promise<Response> {
    const { channel } = this.#link();
    using waiting = new Deadline(this.#clock, signal);
    this.#allowTime(waiting, this.#options.answerTimeoutSeconds ?? DEFAULT_ANSWER_TIMEOUT, 'the answer');
    return await this.#guarded(async () => {
      const length = await receiveLength({ channel, signal: waiting.signal }, this.#session);
      using reading = new Deadline(this.#clock);
      this.#allowTime(reading, this.#options.timeoutSeconds ?? DEFAULT_CLIENT_TIMEOUT, 'reading the response');
      return parseResponse(await receiveBody({ channel, signal: reading.signal }, this.#session, length));
    });
  }

  /** Closes once everything is sent; does nothing when closed. */
  closeConnection(): void {
    this.#connection?.deadline[Symbol.dispose]();
    this.#connection?.channel.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeConnection();
  }

  get #session(): Session {
    return { aes: this.#aesWrapper, generation: generation3 };
  }

  #link(): Link {
    if (!this.#connection) throw new RuntimeError('NotConnected', 'the client is not connected');
    const { channel, deadline } = this.#connection;
    return { channel, signal: deadline.signal };
  }

  #requireRsaWrapper(): RSAWrapper {
    if (!this.#rsaWrapper) throw new RuntimeError('NotConnected', 'the client has no RSA key yet');
    return this.#rsaWrapper;
  }

  /** Closes the connection when `step` fails. */
  async #guarded<T>(step: () => Promise<T>, deadline?: Deadline): Promise<T> {
    try {
      return await step();
    } catch (error) {
      deadline?.[Symbol.dispose]();
      this.closeConnection();
      throw error;
    }
  }

  #allowTime(deadline: Deadline, seconds: number, what: string): void {
    deadline.set(seconds * 1000, () => new RuntimeError('TimedOut', `${what} took longer than ${seconds} s`));
  }
}
