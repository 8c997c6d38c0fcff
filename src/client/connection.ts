import type { Socket } from 'node:net';
import type { AESWrapper } from '../wire/aes-wrapper.ts';
import { RuntimeError } from '../wire/errors.ts';
import type { GenerationNumber } from '../wire/generation.ts';
import { GENERATIONS } from '../wire/generations.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../wire/key-exchange.ts';
import { type Announcement, receiveBody, receiveLength, type Session, sendMessage } from '../wire/message-exchange.ts';
import type { PeerPublicKey } from '../wire/peer-public-key.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { TlsOptions } from './client-options.ts';
import { dial, type ServerAddress } from './dial.ts';
import { RequestChannel } from './request-channel.ts';
import type { ServerTrust } from './server-trust.ts';
import { secureSocket } from './tls/secure.ts';

export interface ConnectionSettings extends ServerAddress {
  receiveFirst: boolean;
  /** Undefined: plain TCP. */
  tls: TlsOptions | undefined;
  trust: ServerTrust;
}

/** What goes into the exchange of the keys. */
export interface SessionKeys {
  rsa: RSAWrapper;
  /** The key to propose, then the one received: the session's. */
  aes: AESWrapper;
}

/** One connection with a server, and what the exchange of the keys has brought. */
export class Connection {
  readonly socket: Socket;
  readonly keys: SessionKeys;
  readonly channel: RequestChannel;
  readonly settings: ConnectionSettings;
  #serverKeySha256: string | undefined;
  #peerKey: PeerPublicKey | undefined;
  #generation: GenerationNumber | undefined;

  private constructor(socket: Socket, settings: ConnectionSettings, keys: SessionKeys, signal: AbortSignal) {
    this.socket = socket;
    this.settings = settings;
    this.keys = keys;
    this.channel = new RequestChannel(socket);
    this.endWith(signal);
  }

  /** Connects, and secures the connection where that is asked for. @throws as `dial` and `secureSocket` do */
  static async open(settings: ConnectionSettings, keys: SessionKeys, signal: AbortSignal): Promise<Connection> {
    const plain = await dial(settings, signal);
    if (!settings.tls) return new Connection(plain, settings, keys, signal);
    const { host, tls, trust } = settings;
    const { socket, publicKeySha256 } = await secureSocket(plain, { host, ...tls, pins: trust.pins }, signal);
    const connection = new Connection(socket, settings, keys, signal);
    return await connection.#closingOnFailure(async () => {
      await connection.#approve('tls', publicKeySha256);
      return connection;
    });
  }

  /** SHA-256 of the server's public key, as `ServerKey` has it, once it is known. */
  get serverKeySha256(): string | undefined {
    return this.#serverKeySha256;
  }

  /** Of the request that was sent. */
  get generation(): GenerationNumber | undefined {
    return this.#generation;
  }

  /** Breaks the connection off when the signal aborts; its reason is what a step under way then throws. */
  endWith(signal: AbortSignal): void {
    const end = (): void => this.channel.destroy(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  }

  /** Public keys, then session keys, in the order of the settings. */
  async exchangeKeys(): Promise<void> {
    await this.#closingOnFailure(async () => {
      if (this.settings.receiveFirst) {
        await this.receivePublicKey();
        await this.sendPublicKey();
        await this.receiveSessionKey();
        await this.sendSessionKey();
      } else {
        await this.#speakFirst();
        await this.receivePublicKey();
        await this.sendSessionKey();
        await this.receiveSessionKey();
      }
    });
  }

  async sendPublicKey(): Promise<void> {
    await sendPublicKey(this.channel, this.keys.rsa);
  }

  /** @throws `ValueError`; `RuntimeError` `PinMismatch`; what `onServerKey` throws */
  async receivePublicKey(): Promise<void> {
    this.#peerKey = undefined;
    const key = await receivePublicKey(this.channel);
    if (!this.settings.tls) await this.#approve('rsa', key.sha256);
    this.#peerKey = key;
  }

  /** Sends the key to propose, or in the other order the very one that was received. */
  async sendSessionKey(): Promise<void> {
    if (!this.#peerKey) throw new RuntimeError('NotConnected', 'the public key of the server has not been received');
    await sendSessionKey(this.channel, this.keys.aes, this.#peerKey);
  }

  /** The key received is the session's. */
  async receiveSessionKey(): Promise<void> {
    this.keys.aes = await receiveSessionKey(this.channel, this.keys.rsa);
  }

  async send(message: object, generation: GenerationNumber, randomBytes: RandomBytes): Promise<void> {
    await sendMessage(this.channel, this.#session(generation), message, randomBytes);
    this.#generation = generation;
  }

  /** The same, but gives the error when the server refused the header, so that it can't have handled the message. */
  async trySend(message: object, generation: GenerationNumber, randomBytes: RandomBytes): Promise<Error | undefined> {
    try {
      await this.send(message, generation, randomBytes);
      return undefined;
    } catch (error) {
      if (!this.channel.isHeaderRefusal(error)) throw error;
      this.close();
      return error;
    }
  }

  /** Waits for the answer to begin. */
  async receiveLength(): Promise<Announcement> {
    if (!this.#generation) throw new RuntimeError('NotConnected', 'no request has been sent on this connection');
    return await receiveLength(this.channel, this.#session(this.#generation));
  }

  async receiveBody(announced: Announcement): Promise<unknown> {
    return (await receiveBody(this.channel, this.keys.aes, announced)).message;
  }

  /** Closes once everything is sent; does nothing when closed. */
  close(): void {
    this.channel.end();
  }

  async #speakFirst(): Promise<void> {
    try {
      await this.sendPublicKey();
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.code !== 'Unacknowledged') throw error;
      const guess = 'it is no Anweddol server, or one that speaks first (`receiveFirst`)';
      throw new RuntimeError('Unacknowledged', `${error.message}: ${guess}`, { cause: error });
    }
  }

  async #approve(kind: 'tls' | 'rsa', sha256: string): Promise<void> {
    this.#serverKeySha256 = sha256;
    const { host, port, trust } = this.settings;
    await trust.approve(`${host} ${port}`, { kind, sha256 }, this.channel.closed);
  }

  #session(generation: GenerationNumber): Session {
    return { aes: this.keys.aes, generation: GENERATIONS[generation] };
  }

  async #closingOnFailure<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.close();
      throw error;
    }
  }
}
