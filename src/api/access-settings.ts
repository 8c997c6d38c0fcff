/** How strangers come in: what a server pod is told of its doors. Everything is closed, or as it was, by default. */
import * as z from 'zod';

const Port = z.int().min(1).max(65535);
const Cidrs = z.array(z.string().max(64)).max(1024).default([]);

export const AccessSettings = z
  .object({
    /** Whether the server sees where clients are: not at all, as the other end of the connection, or announced by a proxy. */
    clientAddress: z.enum(['none', 'preserved', 'proxyProtocol']).default('none'),
    /** Who announces client addresses by the PROXY protocol: addresses and CIDRs. */
    trustedProxies: Cidrs,
    ipFilter: z.object({ allow: Cidrs, deny: Cidrs }).optional(),
    /** Requests need an access token out of the mounted list. */
    accessTokens: z.object({ required: z.boolean().default(false) }).prefault({}),
    /** TLS on the port of the protocol. */
    tls: z.object({ enabled: z.boolean().default(false) }).prefault({}),
    web: z
      .object({ enabled: z.boolean().default(false), port: Port.default(8080), tls: z.boolean().default(false) })
      .prefault({}),
    maxConnections: z.int().min(1).max(1_000_000).default(2048),
  })
  .check(({ value, issues }) => {
    const isKnown = value.clientAddress !== 'none';
    if (value.ipFilter && !isKnown) {
      const message = 'needs client addresses: set clientAddress to preserved or proxyProtocol';
      issues.push({ code: 'custom', input: value.ipFilter, path: ['ipFilter'], message });
    }
    if (value.clientAddress === 'proxyProtocol' && value.trustedProxies.length === 0) {
      const message = 'must name who announces client addresses when clientAddress is proxyProtocol';
      issues.push({ code: 'custom', input: value.trustedProxies, path: ['trustedProxies'], message });
    }
  });

export type AccessSettings = z.infer<typeof AccessSettings>;
