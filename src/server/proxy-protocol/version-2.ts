import { canonicalAddress } from '../access/canonical-address.ts';
import { badProxyHeader, type ProxyHeader, type Source } from './proxy-header.ts';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** Signature, version and command, family and protocol, length of the rest. */
const FIXED_LENGTH = 16;
/** Of the rest, addresses and extensions: a peer may claim 65,535 bytes. */
const MAX_REST_LENGTH = 2_048;

const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;
/** AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX. */
const MAX_FAMILY = 3;
/** UNSPEC, STREAM, DGRAM. */
const MAX_PROTOCOL = 2;
const TCP_4 = 0x11;
const TCP_6 = 0x21;

/** The binary header; extensions after the addresses are skipped. @throws `ValueError` `BadProxyHeader` */
export function parseVersion2(bytes: Buffer): ProxyHeader {
  const signature = bytes.subarray(0, SIGNATURE.length);
  if (!SIGNATURE.subarray(0, signature.length).equals(signature))
    throw badProxyHeader('not the signature of version 2');
  const [versionAndCommand, familyAndProtocol, highLength] = bytes.subarray(SIGNATURE.length);
  if (versionAndCommand !== undefined) checkCommand(versionAndCommand);
  const isLocal = versionAndCommand === ((VERSION << 4) | LOCAL);
  // The proxy speaks for itself: the family does not matter, whatever it is.
  const family = isLocal ? 0 : familyAndProtocol;
  if (family !== undefined) checkFamily(family);
  // Of the largest length this byte can begin, the rest of which is still to come.
  if (highLength !== undefined && highLength << 8 > MAX_REST_LENGTH) throw tooLong();
  if (bytes.length < FIXED_LENGTH) return { state: 'incomplete', need: FIXED_LENGTH };
  const restLength = bytes.readUInt16BE(FIXED_LENGTH - 2);
  if (restLength > MAX_REST_LENGTH) throw tooLong();
  if (restLength < addressesLength(family)) throw badProxyHeader('too short for its addresses');
  const length = FIXED_LENGTH + restLength;
  if (bytes.length < length) return { state: 'incomplete', need: length };
  return { state: 'done', length, source: sourceOf(family, bytes.subarray(FIXED_LENGTH)) };
}

function checkCommand(byte: number): void {
  if (byte >> 4 !== VERSION) throw badProxyHeader('not version 2');
  if ((byte & 0x0f) > PROXY) throw badProxyHeader('an unknown command');
}

function checkFamily(byte: number): void {
  if (byte >> 4 > MAX_FAMILY || (byte & 0x0f) > MAX_PROTOCOL) throw badProxyHeader('an unknown family or protocol');
}

/** Source address, destination address, source port, destination port: none for what this does not read. */
function addressesLength(family: number | undefined): number {
  if (family === TCP_4) return 12;
  return family === TCP_6 ? 36 : 0;
}

function sourceOf(family: number | undefined, addresses: Buffer): Source | undefined {
  if (family === TCP_4) return { address: addresses.subarray(0, 4).join('.'), port: addresses.readUInt16BE(8) };
  if (family !== TCP_6) return undefined;
  const groups = addresses.toString('hex', 0, 16).match(/.{4}/g) ?? [];
  const address = canonicalAddress(groups.join(':'));
  return address === undefined ? undefined : { address, port: addresses.readUInt16BE(32) };
}

function tooLong() {
  return badProxyHeader(`more than ${MAX_REST_LENGTH} bytes of addresses and extensions`);
}
