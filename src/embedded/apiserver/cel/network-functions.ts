/** IP addresses and CIDRs. */
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';
import { isCidr } from '../schema/formats.ts';

class IpAddress {
  readonly text: string;

  constructor(text: string) {
    if (isIP(text) === 0)
      throw new Error(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
    this.text = text;
  }
}

class Cidr {
  readonly address: string;
  readonly bits: number;

  constructor(text: string) {
    if (!isCidr(text)) throw new Error(`network address parse error during conversion from string: ${text}`);
    const [address = '', bits = ''] = text.split('/');
    this.address = address;
    this.bits = Number(bits);
  }

  contains(address: string): boolean {
    if (isIP(address) !== isIP(this.address)) return false;
    const list = new BlockList();
    list.addSubnet(this.address, this.bits, family(this.address));
    return list.check(address, family(address));
  }
}

export function registerNetworkFunctions(environment: Environment): void {
  const inside = (cidr: Cidr, other: Cidr) => other.bits >= cidr.bits && cidr.contains(other.address);
  environment
    .registerType('net.IP', { ctor: IpAddress, fields: {} })
    .registerType('net.CIDR', { ctor: Cidr, fields: {} })
    .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
    .registerFunction('ip(string): net.IP', (text: string) => new IpAddress(text))
    .registerFunction('net.IP.family(): int', ({ text }: IpAddress) => BigInt(isIP(text)))
    .registerFunction('net.IP.isLoopback(): bool', ({ text }: IpAddress) => isIn(text, ['127.0.0.0', 8], ['::1', 128]))
    .registerFunction('net.IP.isUnspecified(): bool', ({ text }: IpAddress) => isIn(text, ['0.0.0.0', 32], ['::', 128]))
    .registerFunction('net.IP.isLinkLocalUnicast(): bool', ({ text }: IpAddress) =>
      isIn(text, ['169.254.0.0', 16], ['fe80::', 10]),
    )
    .registerFunction('isCIDR(string): bool', (text: string) => isCidr(text))
    .registerFunction('cidr(string): net.CIDR', (text: string) => new Cidr(text))
    .registerFunction('net.CIDR.containsIP(string): bool', (cidr: Cidr, text: string) => cidr.contains(text))
    .registerFunction('net.CIDR.containsIP(net.IP): bool', (cidr: Cidr, { text }: IpAddress) => cidr.contains(text))
    .registerFunction('net.CIDR.containsCIDR(string): bool', (cidr: Cidr, text: string) => inside(cidr, new Cidr(text)))
    .registerFunction('net.CIDR.containsCIDR(net.CIDR): bool', (cidr: Cidr, other: Cidr) => inside(cidr, other))
    .registerFunction('net.CIDR.prefixLength(): int', ({ bits }: Cidr) => BigInt(bits))
    .registerFunction('net.CIDR.ip(): net.IP', ({ address }: Cidr) => new IpAddress(address));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

function isIn(address: string, v4: [string, number], v6: [string, number]): boolean {
  const [network, bits] = isIPv4(address) ? v4 : v6;
  return new Cidr(`${network}/${bits}`).contains(address);
}
