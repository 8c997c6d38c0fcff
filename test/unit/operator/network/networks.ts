/** Networks for tests: known ones, and any. */
import fc from 'fast-check';
import type { KnownNetworks } from '../../../../src/operator/network/known-networks.ts';

export const NOTHING_KNOWN: KnownNetworks = {
  configured: [],
  pods: [],
  nodes: [],
  apiServer: { service: [], endpoints: [] },
  dns: [],
};

/** Two nodes with pods and tunnels, as many clusters are. */
export const KNOWN: KnownNetworks = {
  configured: [],
  pods: ['10.244.0.0/24', '10.244.1.0/24'],
  nodes: ['10.244.0.0/31', '10.244.1.0/31', '172.18.0.2', '172.18.0.3', '198.51.100.2'],
  apiServer: {
    service: [{ addresses: ['10.96.0.1'], ports: [443] }],
    endpoints: [{ addresses: ['172.18.0.2'], ports: [6443] }],
  },
  dns: ['10.96.0.10'],
};

/** Of few addresses, so that networks meet. */
export const anyCidr4 = fc
  .tuple(
    fc.constantFrom(10, 11),
    fc.nat(3),
    fc.nat(3),
    fc.nat(255),
    fc.oneof(fc.nat(32), fc.integer({ min: 6, max: 32 })),
  )
  .map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}`);
