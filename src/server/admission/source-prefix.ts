import { isIPv4 } from 'node:net';
import { canonicalAddress } from '../access/canonical-address.ts';

/** What connections are counted and penalised by: a host, and the network around it. */
interface SourcePrefixes {
  /** IPv4: the /32. IPv6: the /64, which is what a single host is given. */
  address: string;
  /** IPv4: the /24. IPv6: the same /64, as the next wider one may hold many customers. */
  network: string;
}

/** 16 bits each. */
const GROUPS = 8;
const PREFIX_GROUPS = 4;

/**
 * The prefixes of an address, the same for every spelling of it; an IPv4 address that is mapped into IPv6 counts as IPv4.
 * What is no address is a source of its own.
 */
export function sourcePrefixes(address: string): SourcePrefixes {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return { address, network: address };
  if (isIPv4(canonical)) {
    return { address: `${canonical}/32`, network: `${canonical.slice(0, canonical.lastIndexOf('.'))}.0/24` };
  }
  const prefix = `${groupsOf(canonical).slice(0, PREFIX_GROUPS).join(':')}::/64`;
  return { address: prefix, network: prefix };
}

/** All groups of an IPv6 address that is canonical: where it ends as an IPv4 address does, it begins with zeros only. */
function groupsOf(address: string): string[] {
  const [front = [], back = []] = address.split('::').map((part) => (part ? part.split(':') : []));
  const zeros = new Array<string>(GROUPS - front.length - back.length).fill('0');
  return [...front, ...zeros, ...back];
}
