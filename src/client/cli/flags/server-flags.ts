import type { GenerationNumber } from '../../../wire/generation.ts';
import type { OutputFormat } from '../print.ts';

/** What the flags say that every command takes which talks to a server. */
export interface ServerFlags {
  /** Seconds for connecting, the key exchange and the request. */
  timeout: number;
  /** Seconds for the answer. */
  wait: number;
  output: OutputFormat;
  web?: boolean;
  generation: GenerationNumber | 'auto';
  /** Of the RSA key that is made for one connection. */
  keyBits: number;
  tls?: boolean;
  tlsServerName?: string;
  /** A file. */
  tlsCa?: string;
  /** As `parsePin` gives them. */
  pin?: string[];
  insecure?: boolean;
  /** A file. */
  knownServers?: string;
  /** A file, or `-`. */
  accessToken?: string;
}
