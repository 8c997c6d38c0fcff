import { ValueError } from '../../wire/errors.ts';

/** What the first bytes of a connection say so far. */
export type ProxyHeader =
  | {
      state: 'incomplete';
      /** How many bytes the header has at least, those that were given included. */
      need: number;
    }
  | {
      state: 'done';
      /** Of the header, in bytes: what follows is the client's. */
      length: number;
      /** Where the client connects from; `undefined` when the proxy speaks for itself or does not tell (use the socket's). */
      source: Source | undefined;
    };

export interface Source {
  /** IPv4, or IPv6 in its canonical form; IPv4-mapped IPv6 as IPv4. */
  address: string;
  port: number;
}

export function badProxyHeader(what: string): ValueError {
  return new ValueError('BadProxyHeader', `PROXY protocol header: ${what}`);
}
