import { isIPv6 } from 'node:net';
import { DEFAULT_SERVER_LISTEN_PORT } from '../../wire/constants.ts';
import type { ServerAddress } from '../dial.ts';

const TARGET = /^(?:\[(?<v6>[^[\]]+)\]|(?<name>[^:[\]\s/-][^:[\]\s/]*))(?::(?<port>\d{1,5}))?$/;

/**
 * `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`; a bare IPv6 address is a host.
 * @throws `RangeError`
 */
export function parseTarget(text: string, defaultPort: number = DEFAULT_SERVER_LISTEN_PORT): ServerAddress {
  if (isIPv6(text)) return { host: text, port: defaultPort };
  const { v6, name, port: digits } = TARGET.exec(text)?.groups ?? {};
  const host = v6 === undefined ? name : isIPv6(v6) ? v6 : undefined;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (!host || port < 1 || port > 65535) throw new RangeError(`"${text}" is not HOST or HOST:PORT`);
  return { host, port };
}
