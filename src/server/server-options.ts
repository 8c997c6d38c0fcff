import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Tracer } from '../runtime/tracing.ts';
import type { VirtualizationError } from '../virtualization/errors.ts';
import type { VirtualizationInterface } from '../virtualization/virtualization-interface.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { PenaltiesOptions } from './admission/penalties.ts';
import type { SourceLimitsOptions } from './admission/source-limits.ts';
import type { DatabaseInterface } from './database/database-interface.ts';
import type { ServerMetrics } from './server-metrics.ts';
import type { TlsFrontOptions } from './tls/tls-front.ts';

/** All times in seconds. */
export interface ServerInterfaceOptions {
  /** An ISO 9660 image, checked when the server starts: for a virtualization that does not know what to boot. */
  containerIsoPath?: string | undefined;
  /** Default: every address of the machine. */
  bindAddress?: string | undefined;
  /** Default 6150; 0 takes a free one, see `getListenPort`. */
  listenPort?: number | undefined;
  /** For a client's handshake and request together, and once more for taking the response. Default 10. */
  clientTimeout?: number | undefined;
  /** Default: none, so that every CREATE is answered `Unavailable`. */
  runtimeVirtualizationInterface?: VirtualizationInterface | undefined;
  /** Default: one in memory. */
  runtimeDatabaseInterface?: DatabaseInterface | undefined;
  /** Default: a new key of 4,096 bits, made when the server starts. */
  runtimeRsaWrapper?: RSAWrapper | undefined;

  /** What STAT reports. Default: the version of this project. */
  version?: string | undefined;
  /** For each step of the handshake. Default 5. */
  stepTimeout?: number | undefined;
  /** A connection that is silent for so long is spoken to, as some clients wait for that. Default 1.5; 0: never. */
  speakFirstAfter?: number | undefined;
  /** For a container to start. Default 180. */
  startTimeout?: number | undefined;
  /** How long `stopServer` waits for the clients that are being served. Default 30. */
  stopGrace?: number | undefined;
  /** Open at once, those over HTTP included. With one more, the one that has been silent longest is closed. Default 2,048. */
  maxConnections?: number | undefined;

  /**
   * Whether the server sees where its clients are. Behind most load balancers it does not, and must not take the load
   * balancer's address for theirs; then there are no limits for each source. Default `unknown`.
   */
  clientAddresses?: 'known' | 'unknown' | undefined;
  /** Who announces client addresses by the PROXY protocol: addresses and CIDRs. Makes them known. */
  trustedProxies?: readonly string[] | undefined;
  /** Addresses and CIDRs; deny wins, an empty allow list allows all. Needs known addresses. */
  ipFilter?: { allow: readonly string[]; deny: readonly string[] } | undefined;
  sourceLimits?: SourceLimitsOptions | undefined;
  penalties?: Omit<PenaltiesOptions, 'clock'> | undefined;
  /** Whether a token opens the server. Default: no token is asked for. */
  accessTokens?: { isValid(token: string): boolean } | undefined;
  /** Default: no TLS. On the same port as everything else. */
  tls?: TlsFrontOptions['credentials'] | undefined;
  /** REST over HTTP. Default: none. */
  web?: WebOptions | undefined;

  /** Told why a container could not be had, or was given up for another one. */
  onContainerFailed?: ((error: VirtualizationError) => void) | undefined;
  log?: Log | undefined;
  metrics?: ServerMetrics | undefined;
  /** Follows each CREATE. Default: nobody does. */
  tracer?: Tracer | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}

/** What `reconfigure` changes while the server runs. */
export type LiveOptions = Pick<ServerInterfaceOptions, 'clientTimeout' | 'startTimeout' | 'stopGrace' | 'ipFilter'>;

export interface WebOptions {
  /** Default: that of the server. */
  bindAddress?: string | undefined;
  /** Default 8080, or 4443 with TLS; 0 takes a free one, see `getWebListenPort`. */
  listenPort?: number | undefined;
  tls?: TlsFrontOptions['credentials'] | undefined;
}
