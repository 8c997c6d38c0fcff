/**
 * Where a pod's address is on this machine. Pods have addresses in 10.244.0.0/16, because the API server refuses loopback
 * addresses in EndpointSlices; what listens there listens on the loopback address with the same last two bytes.
 */
const POD_ADDRESS = /^10\.244\.(\d{1,3})\.(\d{1,3})$/;

/** Added to a privileged port where this process may not listen on those. */
const SHIFT = 20_000;
const FIRST_UNPRIVILEGED_PORT = 1024;

export interface HostAddress {
  host: string;
  port: number;
}

/** Where to connect to for `port` of `address`; an address that is no pod's stays as it is. */
export function hostAddress(address: string, port: number, rules: { shift: boolean }): HostAddress {
  const host = loopbackOf(address);
  return host ? { host, port: hostPort(port, rules) } : { host: address, port };
}

/** The loopback address of a pod, or undefined for any other address. */
export function loopbackOf(address: string): string | undefined {
  const match = POD_ADDRESS.exec(address);
  return match ? `127.244.${match[1]}.${match[2]}` : undefined;
}

/** The port on this machine for a port of a pod. 0, any free port, stays 0. */
export function hostPort(port: number, rules: { shift: boolean }): number {
  return rules.shift && port > 0 && port < FIRST_UNPRIVILEGED_PORT ? port + SHIFT : port;
}
