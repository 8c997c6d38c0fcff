import type { Clock } from '../runtime/clock.ts';
import type { AESWrapper } from '../wire/aes-wrapper.ts';
import type { GenerationNumber } from '../wire/generation.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { GenerationMemory } from './generation-memory.ts';
import type { ServerKey } from './server-trust.ts';

/** What the server's certificate is held to. With `pins` one of them has to fit, and nothing else is looked at. */
export interface TlsOptions {
  /** The name that the certificate has to be for. Default: the host that is dialled. */
  servername?: string | undefined;
  /** Authorities in PEM. Default: those that Node comes with. */
  ca?: string | string[] | undefined;
  /** False takes any certificate: for `onServerKey` to decide. Default true. */
  verify?: boolean | undefined;
}

export interface ClientInterfaceOptions {
  /** A host name will do as well. Default: `connectServer` names it. */
  serverIp?: string | undefined;
  /** Default 6150. */
  serverListenPort?: number | undefined;
  /**
   * Seconds, default 10. Each of these has that time as a whole: connecting with the exchange of the keys; sending a
   * request, with connecting and finding out the generation where that is done; reading an answer that has begun.
   * Making an RSA key does not count.
   */
  timeout?: number | undefined;
  /** For the answer to begin to arrive: a container may have to boot. Seconds, default 300. */
  answerTimeout?: number | undefined;
  /** Default: a new key, made when the client first connects, which takes a second or so at 4,096 bits. */
  rsaWrapper?: RSAWrapper | undefined;
  /** Of the key that the client makes. Default 4,096. */
  keyBits?: number | undefined;
  /** The key to propose to the server, whose answer replaces it. Default, and better: a new one for each connection. */
  aesWrapper?: AESWrapper | undefined;
  /** Whether `sendRequest` connects when there is no open connection. Default true. */
  autoConnect?: boolean | undefined;
  /** Of the protocol. Default `auto`: the latest that the server understands. */
  generation?: GenerationNumber | 'auto' | undefined;
  /** Which generation servers were found to speak, for `auto`. Default: one that all clients of the process share. */
  generationMemory?: GenerationMemory | undefined;
  /** Default false: plain TCP, which the protocol encrypts all the same. */
  tls?: boolean | TlsOptions | undefined;
  /** Fingerprints, see `parsePin`. The server's key has to have one of them: of its certificate, else its RSA key. */
  pins?: string[] | undefined;
  /**
   * Called when the server's key is known, before anything secret is sent; once as long as that key stays the same.
   * What it throws ends the connection, and is thrown. The connection's time goes on while it is awaited.
   */
  onServerKey?: ((key: ServerKey) => void | Promise<void>) | undefined;
  /** Sent as `access_token` with every request that has none. */
  accessToken?: string | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}

export interface ConnectOptions {
  /** Whether to wait for the server's keys before sending ours. Default false. */
  receiveFirst?: boolean | undefined;
  /** Default: `serverIp`. */
  host?: string | undefined;
  /** Default: `serverListenPort`. */
  port?: number | undefined;
  /** Ends the connecting. */
  signal?: AbortSignal | undefined;
}
