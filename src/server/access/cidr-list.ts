import { BlockList, isIP, isIPv6 } from 'node:net';
import { ValueError } from '../../wire/errors.ts';
import { canonicalAddress } from './canonical-address.ts';

/** What a list of addresses and CIDRs covers. */
export interface CidrList {
  /** How many entries it was made of. */
  readonly size: number;
  /** Whether an entry covers the address; `false` for what is no address. */
  includes(address: string): boolean;
}

/** Bits that come before the IPv4 address in an IPv4-mapped IPv6 address. */
const MAPPED_BITS = 96;
/** Enough of a wrong entry to find it by. */
const SHOWN_CHARACTERS = 64;

/**
 * Addresses and CIDRs, IPv4 and IPv6; host bits that are set in a CIDR do not matter. IPv4-mapped IPv6 is IPv4, in entries
 * and in addresses alike, and nothing else is: `::/0` is every IPv6 address and no IPv4 address.
 * @param name of the list, for the error
 * @throws `ValueError` `BadCidr`
 */
export function parseCidrs(name: string, entries: readonly string[]): CidrList {
  // Apart, because one BlockList would let an IPv6 subnet match the IPv4 addresses mapped into it.
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const [index, entry] of entries.entries()) {
    const range = parseCidr(entry);
    if (!range) throw badCidr(`${name}[${index}]`, entry);
    if (range.family === 4) lists[4].addSubnet(range.address, range.bits, 'ipv4');
    else lists[6].addSubnet(range.address, range.bits, 'ipv6');
  }
  return {
    size: entries.length,
    includes(text) {
      const address = canonicalAddress(text);
      if (address === undefined) return false;
      return isIPv6(address) ? lists[6].check(address, 'ipv6') : lists[4].check(address, 'ipv4');
    },
  };
}

interface Range {
  family: 4 | 6;
  address: string;
  bits: number;
}

function parseCidr(entry: string): Range | undefined {
  const [, text = '', bitsText] = /^([^/%]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(entry) ?? [];
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  const given = isIPv6(text) ? 128 : 32;
  const family = isIP(address) === 6 ? 6 : 4;
  const isMapped = given === 128 && family === 4;
  const bits = (bitsText === undefined ? given : Number(bitsText)) - (isMapped ? MAPPED_BITS : 0);
  return bits >= 0 && bits <= (family === 6 ? 128 : 32) ? { family, address, bits } : undefined;
}

function badCidr(where: string, entry: string): ValueError {
  const value = JSON.stringify(entry.slice(0, SHOWN_CHARACTERS));
  const takes =
    'an address (192.0.2.7, 2001:db8::7) or a CIDR (192.0.2.0/24, 2001:db8::/32; /96 to /128 after an IPv4-mapped address)';
  return new ValueError('BadCidr', `${where}: ${value} is not ${takes}`);
}
