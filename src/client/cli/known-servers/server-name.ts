import { isIPv6 } from 'node:net';
import type { ServerAddress } from '../../dial.ts';

/** `host:port` or `[ipv6]:port` in lower case: what a server is called in the known-servers file and to the user. */
export function serverName({ host, port }: ServerAddress): string {
  return `${hostName(host)}:${port}`;
}

/** `host` or `[ipv6]` in lower case. */
export function hostName(host: string): string {
  return (isIPv6(host) ? `[${host}]` : host).toLowerCase();
}
