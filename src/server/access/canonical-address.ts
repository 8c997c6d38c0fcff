import { isIP, SocketAddress } from 'node:net';
import { plainAddress } from '../client-address.ts';

/**
 * The one form of an address: IPv6 lower-case and compressed without its zone, an IPv4 address in any of the forms that
 * IPv6 has for it (`::ffff:10.0.0.1`, `::ffff:a00:1`) as IPv4. `undefined` for what is no address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIP(text) !== 6) return isIP(text) === 4 ? text : undefined;
  return plainAddress(new SocketAddress({ address: text, family: 'ipv6' }).address);
}
