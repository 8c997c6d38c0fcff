import { AESWrapper } from '../wire/aes-wrapper.ts';
import { RuntimeError, type RuntimeErrorCode, ValueError } from '../wire/errors.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { Call } from './call.ts';
import type { ClientInterfaceOptions, ConnectOptions } from './client-options.ts';
import { Connection, type ConnectionSettings } from './connection.ts';
import { DEFAULT_RECEIVE_FIRST, DEFAULT_SERVER_LISTEN_PORT } from './constants.ts';
import { orAborted } from './or-aborted.ts';
import { ServerTrust } from './server-trust.ts';

/** Makes the connections of one client: all under the same RSA key, with servers that pass the same checks. */
export class Connector {
  rsaWrapper: RSAWrapper | undefined;
  /** The key to propose each time. */
  aesWrapper: AESWrapper | undefined;
  readonly #options: ClientInterfaceOptions;
  readonly #randomBytes: RandomBytes;
  readonly #trust: ServerTrust;
  /** To propose once, when there is no `aesWrapper`. */
  #drawn: AESWrapper | undefined;
  #settings: ConnectionSettings | undefined;

  /** @throws `ValueError` `BadPin` */
  constructor(options: ClientInterfaceOptions, randomBytes: RandomBytes) {
    this.rsaWrapper = options.rsaWrapper;
    this.aesWrapper = options.aesWrapper;
    this.#options = options;
    this.#randomBytes = randomBytes;
    this.#trust = new ServerTrust(options.pins, options.onServerKey);
  }

  /** The key that the next connection is going to propose. */
  get proposal(): AESWrapper {
    if (this.aesWrapper) return this.aesWrapper;
    this.#drawn ??= AESWrapper.generate(this.#randomBytes);
    return this.#drawn;
  }

  /**
   * What to connect with. @param options default: as the last time
   * @throws `RuntimeError` `NotConnected` when no server is named
   */
  settings(options?: ConnectOptions): ConnectionSettings {
    if (options || !this.#settings) this.#settings = this.#resolved(options ?? {});
    return this.#settings;
  }

  /** The RSA key, made unless there is one. Nobody knows how long that takes: it is done before the time begins. */
  async key(signal: AbortSignal): Promise<RSAWrapper> {
    this.rsaWrapper ??= await orAborted(RSAWrapper.generate({ bits: this.#options.keyBits }), signal);
    return this.rsaWrapper;
  }

  /** @returns with the keys exchanged. @throws `RuntimeError`; what `onServerKey` throws; the call's abort reason */
  async connect(settings: ConnectionSettings, call: Call): Promise<Connection> {
    const { step } = call;
    call.step = settings.receiveFirst ? 'connecting to a server that is to speak first' : 'connecting';
    const keys = { rsa: await this.key(call.signal), aes: this.proposal };
    this.#drawn = undefined;
    try {
      const connection = await Connection.open(settings, keys, call.signal);
      await connection.exchangeKeys();
      call.step = step;
      return connection;
    } catch (error) {
      throw asRuntimeError(error, 'BadHandshake', 'the keys cannot be exchanged');
    }
  }

  #resolved(options: ConnectOptions): ConnectionSettings {
    const { serverIp, serverListenPort, tls } = this.#options;
    const host = options.host ?? serverIp;
    if (!host) throw new RuntimeError('NotConnected', 'no server is named: neither `serverIp` nor `host` is given');
    return {
      host,
      port: options.port ?? serverListenPort ?? DEFAULT_SERVER_LISTEN_PORT,
      receiveFirst: options.receiveFirst ?? DEFAULT_RECEIVE_FIRST,
      tls: tls === true ? {} : tls || undefined,
      trust: this.#trust,
    };
  }
}

/** What the server sent is no fault of the caller's arguments. */
export function asRuntimeError(error: unknown, code: RuntimeErrorCode, what: string): unknown {
  if (!(error instanceof ValueError)) return error;
  return new RuntimeError(code, `${what}: ${error.message}`, { cause: error });
}
