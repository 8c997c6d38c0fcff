import { canonicalAddress } from './canonical-address.ts';
import { parseCidrs } from './cidr-list.ts';

/** Who may connect, by address. */
export interface IpFilter {
  allows(address: string): boolean;
}

/**
 * Deny wins over allow; an empty allow list allows all that is not denied. What is no address is allowed only when there
 * is no entry at all.
 * @param lists addresses and CIDRs, IPv4 and IPv6
 * @throws `ValueError` `BadCidr` that names the list, the index and the value
 */
export function createIpFilter(lists: { allow: readonly string[]; deny: readonly string[] }): IpFilter {
  const allow = parseCidrs('allow', lists.allow);
  const deny = parseCidrs('deny', lists.deny);
  return {
    allows(address) {
      if (allow.size + deny.size === 0) return true;
      if (canonicalAddress(address) === undefined || deny.includes(address)) return false;
      return allow.size === 0 || allow.includes(address);
    },
  };
}
