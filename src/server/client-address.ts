import { createHash } from 'node:crypto';

/** An IPv4 address that arrived on an IPv6 socket, in its own form; any other address as it is. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** What a client is called in logs: the first 7 hex digits of the SHA-256 of its address. */
export function clientId(address: string): string {
  return createHash('sha256').update(address, 'utf8').digest('hex').slice(0, 7);
}
