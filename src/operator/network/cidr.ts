/** Networks as numbers: what is in what, and what is left of one network without others. */
import { isIP, SocketAddress } from 'node:net';

/** A network without bits beyond its prefix. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly base: bigint;
  /** The length of the prefix. */
  readonly bits: number;
}

/** Where IPv4 addresses stand among those of IPv6. */
const MAPPED = 0xffffn << 32n;

/**
 * Reads a network, or an address as the network of itself. Bits beyond the prefix are dropped, and an IPv4 network that
 * is written as one of IPv6 is one of IPv4. Undefined when the text is neither.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0) return undefined;
  const width = widthOf(family);
  const bits = prefix === undefined ? width : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= width)) return undefined;
  const cidr = masked(family, numberOf(address, family), bits);
  const isMapped = family === 6 && bits >= 96 && cidr.base >> 32n === MAPPED >> 32n;
  return isMapped ? masked(4, cidr.base - MAPPED, bits - 96) : cidr;
}

/** The networks among the texts; what is none is left out. */
export function parseCidrs(texts: readonly string[]): Cidr[] {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}

/** As Kubernetes wants it written, such as `10.0.0.0/8` and `fc00::/7`. */
export function formatCidr({ family, base, bits }: Cidr): string {
  return `${family === 4 ? dotted(base) : shortened(base)}/${bits}`;
}

/** Whether all of `inner` is in `outer`. */
export function isWithin(inner: Cidr, outer: Cidr): boolean {
  if (inner.family !== outer.family || inner.bits < outer.bits) return false;
  const shift = BigInt(widthOf(outer.family) - outer.bits);
  return inner.base >> shift === outer.base >> shift;
}

/** The same addresses in as few networks as can be, in order: none is in another, and no two are halves of one. */
export function mergeCidrs(cidrs: readonly Cidr[]): Cidr[] {
  const merged: Cidr[] = [];
  for (const cidr of cidrs.toSorted(inOrder)) {
    let next = cidr;
    for (let last = merged.at(-1); last; last = merged.at(-1)) {
      if (isWithin(next, last)) {
        next = last;
      } else {
        const both = masked(last.family, last.base, Math.max(0, last.bits - 1));
        if (last.family !== next.family || last.bits !== next.bits || !isWithin(next, both)) break;
        next = both;
      }
      merged.pop();
    }
    merged.push(next);
  }
  return merged;
}

/** One allowed network without others, as a NetworkPolicy says it; undefined when nothing of it is left. */
export function ipBlock(allowed: Cidr, excluded: readonly Cidr[]): { cidr: string; except?: string[] } | undefined {
  const merged = mergeCidrs(excluded);
  if (merged.some((cidr) => isWithin(allowed, cidr))) return undefined;
  const except = merged.filter((cidr) => isWithin(cidr, allowed)).map(formatCidr);
  return { cidr: formatCidr(allowed), ...(except.length > 0 && { except }) };
}

function inOrder(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.base !== b.base) return a.base < b.base ? -1 : 1;
  return a.bits - b.bits;
}

function masked(family: 4 | 6, address: bigint, bits: number): Cidr {
  const rest = BigInt(widthOf(family) - bits);
  return { family, base: (address >> rest) << rest, bits };
}

function widthOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function numberOf(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  // As eight groups: the last two may be written as an IPv4 address, and one row of zeros not at all.
  const [plain = ''] = address.split('%');
  const hex = plain.replace(/[\d.]+$/, (end) => (isIP(end) === 4 ? groupsOf(numberOf(end, 4)) : end));
  const [head = '', tail] = hex.split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function groupsOf(ipv4: bigint): string {
  return `${(ipv4 >> 16n).toString(16)}:${(ipv4 & 0xffffn).toString(16)}`;
}

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
}

function shortened(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - 16 * index)) & 0xffffn);
  return new SocketAddress({ family: 'ipv6', address: groups.map((group) => group.toString(16)).join(':') }).address;
}
