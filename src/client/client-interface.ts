import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { AESWrapper } from '../wire/aes-wrapper.ts';
import { RuntimeError, WireError } from '../wire/errors.ts';
import type { GenerationNumber } from '../wire/generation.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import { parseRequest, type Request } from '../wire/request.ts';
import { parseResponse, type Response } from '../wire/response.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import { Call } from './call.ts';
import type { ClientInterfaceOptions, ConnectOptions } from './client-options.ts';
import type { Connection } from './connection.ts';
import { asRuntimeError, Connector } from './connector.ts';
import { DEFAULT_ANSWER_TIMEOUT, DEFAULT_AUTO_CONNECT, DEFAULT_CLIENT_TIMEOUT } from './constants.ts';
import { type GenerationMemory, processGenerationMemory } from './generation-memory.ts';
import { sendInSomeGeneration } from './send-in-some-generation.ts';

/**
 * A client: one connection, one request, one response. Methods throw `RuntimeError` (`ConnectFailed`, `Refused`,
 * `TimedOut`, `Closed`…), and `ValueError` where that is said; what the caller's signal aborts throws its reason. The
 * connection is closed then, unless the call did not begin: a request was malformed, or another call is under way or
 * the client connected already (both `Refused`). One call at a time.
 *
 * `autoConnect` acts at the first `sendRequest`, not in the constructor: nobody can await a constructor, so its failure
 * would be lost. No other method needs it: `connectServer` exchanges the keys, and there is no answer before a request.
 */
export class ClientInterface implements AsyncDisposable {
  readonly #options: ClientInterfaceOptions;
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  readonly #connector: Connector;
  /** Undefined: to be found out. */
  readonly #generation: GenerationNumber | undefined;
  readonly #memory: GenerationMemory;
  #connection: Connection | undefined;
  #call: Call | undefined;

  /** @throws `ValueError` `BadPin` */
  constructor(options: ClientInterfaceOptions = {}) {
    this.#options = options;
    this.#timeout = options.timeout ?? DEFAULT_CLIENT_TIMEOUT;
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    this.#connector = new Connector(options, this.#randomBytes);
    this.#generation = options.generation === 'auto' ? undefined : options.generation;
    this.#memory = options.generationMemory ?? processGenerationMemory;
  }

  /** True before connecting, too. */
  isClosed(): boolean {
    return this.#connection?.channel.isClosed ?? true;
  }

  /** Undefined before connecting. Over TLS a `TLSSocket`. */
  getSocketDescriptor(): Socket | undefined {
    return this.#connection?.socket;
  }

  /** Undefined until one is set, or made for the first connection. */
  getRSAWrapper(): RSAWrapper | undefined {
    return this.#connector.rsaWrapper;
  }

  /** The session's key; before there is a session, the one to propose. */
  getAESWrapper(): AESWrapper {
    return this.#connection?.keys.aes ?? this.#connector.proposal;
  }

  /** For a key exchange that is still to come. */
  setRSAWrapper(rsaWrapper: RSAWrapper): void {
    this.#connector.rsaWrapper = rsaWrapper;
    if (this.#connection) this.#connection.keys.rsa = rsaWrapper;
  }

  /** The key to propose; where there is a session, its key from here on. */
  setAESWrapper(aesWrapper: AESWrapper): void {
    this.#connector.aesWrapper = aesWrapper;
    if (this.#connection) this.#connection.keys.aes = aesWrapper;
  }

  /** The protocol's generation in which the request was sent; undefined as long as that is open. */
  getGeneration(): GenerationNumber | undefined {
    return this.#connection?.generation ?? this.#generation;
  }

  /** Of the server's certificate, else of its RSA key: SHA-256 of the DER SubjectPublicKeyInfo, in hex. */
  getServerKeySha256(): string | undefined {
    return this.#connection?.serverKeySha256;
  }

  /** Connects and exchanges the keys. @throws `RuntimeError` (`BadHandshake` where the server's keys are at fault) */
  async connectServer(options: ConnectOptions = {}): Promise<void> {
    if (!this.isClosed()) throw new RuntimeError('Refused', 'the client is connected already');
    const settings = this.#connector.settings(options);
    await this.#within('connecting', options.signal, async (call) => {
      await this.#connector.key(call.signal);
      call.allow(this.#timeout);
      this.#connection = await this.#connector.connect(settings, call);
    });
  }

  async sendPublicRSAKey(): Promise<void> {
    await this.#step('sending the public key', (connection) => connection.sendPublicKey());
  }

  /** @throws `ValueError` `BadHeader`, `LengthTooLarge`, `BadPublicKey`; `RuntimeError`; what `onServerKey` throws */
  async recvPublicRSAKey(): Promise<void> {
    await this.#step("receiving the server's public key", (connection) => connection.receivePublicKey());
  }

  /** Sends the key to propose, or give back. @throws `ValueError` `BadPublicKey`; `RuntimeError` */
  async sendAESKey(): Promise<void> {
    await this.#step('sending the session key', (connection) => connection.sendSessionKey());
  }

  /** The key received is the session's. @throws `ValueError` `BadKeyBlock`; `RuntimeError` */
  async recvAESKey(): Promise<void> {
    await this.#step('receiving the session key', (connection) => connection.receiveSessionKey());
  }

  /**
   * Sends a request, and connects for it when there is no open connection: as before, or else with the defaults.
   * @throws `ValueError` `MalformedRequest` before anything is done, `LengthTooLarge` once it is connected and before
   *   anything of the request is sent; `RuntimeError`
   */
  async sendRequest(verb: string, parameters: Record<string, unknown> = {}, signal?: AbortSignal): Promise<void> {
    const access_token = parameters.access_token ?? this.#options.accessToken;
    const request = parseRequest({ verb, parameters: { ...parameters, access_token } });
    const connects = this.isClosed() && (this.#options.autoConnect ?? DEFAULT_AUTO_CONNECT);
    const settings = connects ? this.#connector.settings() : this.#connected().settings;
    await this.#within('connecting', signal, async (call) => {
      if (connects) await this.#connector.key(call.signal);
      call.allow(this.#timeout);
      if (connects) this.#connection = await this.#connector.connect(settings, call);
      this.#connection?.endWith(call.signal);
      await this.#send(request, this.#connected(), call);
    });
  }

  /**
   * Waits for the response.
   * @param signal ends the waiting. Once the length of the response is acknowledged it does not count any more: from
   *   there on the server takes the response for delivered, so it is read to its end.
   * @throws `RuntimeError` (`BadResponse`: the response is not what the protocol allows, the cause says how)
   */
  async recvResponse(signal?: AbortSignal): Promise<Response> {
    const seconds = this.#options.answerTimeout ?? DEFAULT_ANSWER_TIMEOUT;
    const { settings, generation } = this.#connected();
    try {
      const announced = await this.#step('the answer', (connection) => connection.receiveLength(), { seconds, signal });
      const read = async (connection: Connection) => parseResponse(await connection.receiveBody(announced));
      const response = await this.#step('reading the response', read);
      if (!this.#generation && generation) this.#memory.remember(settings, generation);
      return response;
    } catch (error) {
      // What was remembered may not be so any more.
      if (!this.#generation && error instanceof WireError) this.#memory.forget(settings);
      throw asRuntimeError(error, 'BadResponse', 'the response cannot be used');
    }
  }

  /** Closes once everything is sent, and ends a call that is under way; does nothing when closed. */
  closeConnection(): void {
    this.#connection?.close();
    this.#call?.abort(new RuntimeError('Closed', 'the client was closed'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeConnection();
  }

  async #send(request: Request, connection: Connection, call: Call): Promise<void> {
    call.step = 'sending the request';
    if (this.#generation) return await connection.send(request, this.#generation, this.#randomBytes);
    this.#connection = await sendInSomeGeneration(request, {
      connection,
      connect: () => this.#connector.connect(connection.settings, call),
      memory: this.#memory,
      randomBytes: this.#randomBytes,
      signal: call.signal,
    });
  }

  /** One step on the open connection. */
  async #step<T>(
    what: string,
    step: (connection: Connection) => Promise<T>,
    limit: { seconds?: number; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const connection = this.#connected();
    return await this.#within(what, limit.signal, async (call) => {
      call.allow(limit.seconds ?? this.#timeout);
      connection.endWith(call.signal);
      return await step(connection);
    });
  }

  /** Closes the connection when `work` fails. */
  async #within<T>(what: string, signal: AbortSignal | undefined, work: (call: Call) => Promise<T>): Promise<T> {
    if (this.#call) throw new RuntimeError('Refused', 'another call of this client is under way');
    using call = new Call(what, this.#clock, signal);
    this.#call = call;
    try {
      call.signal.throwIfAborted();
      return await work(call);
    } catch (error) {
      this.#connection?.close();
      throw error;
    } finally {
      this.#call = undefined;
    }
  }

  #connected(): Connection {
    if (!this.#connection) throw new RuntimeError('NotConnected', 'the client is not connected');
    return this.#connection;
  }
}
