import type { ProxyHeader } from './proxy-header.ts';
import { parseVersion1 } from './version-1.ts';
import { parseVersion2 } from './version-2.ts';

const CARRIAGE_RETURN = 0x0d;

/**
 * Reads a PROXY protocol header, version 1 or 2, from the first bytes of a connection: give it all that has come so far,
 * again with more while it is incomplete (at most 2,064 bytes).
 * @throws `ValueError` `BadProxyHeader` as soon as no further bytes can make it a header
 * @see HAProxy's proxy-protocol.txt
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  return bytes[0] === CARRIAGE_RETURN ? parseVersion2(bytes) : parseVersion1(bytes);
}
