/** What containers may reach. */
import { z } from 'zod';
import { Cidr, IpAddress, Port } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const Egress = z.object({
  cidr: Cidr.describe('The network that may be reached, in spite of what is closed by default.'),
  ports: z
    .array(z.object({ protocol: z.enum(['TCP', 'UDP']).default('TCP'), port: Port }))
    .max(32)
    .optional()
    .describe('Default: every port.'),
});

const Dns = z
  .object({
    mode: z
      .enum(['Cluster', 'Servers', 'None'])
      .default('Cluster')
      .describe("Cluster: the cluster's DNS. Servers: those listed, asked directly. None: no DNS."),
    servers: z.array(IpAddress).max(3).optional().describe('Resolvers, with mode Servers.'),
  })
  .meta(
    celRules({
      rule: "(self.mode == 'Servers') == (has(self.servers) && self.servers.size() > 0)",
      message: 'servers must be listed with mode Servers, and only with it',
    }),
  )
  .prefault({})
  .describe('How containers resolve names.');

export const Isolation = z
  .object({
    internet: z
      .boolean()
      .default(true)
      .describe('Whether containers reach the public internet: everything but private, local and cluster addresses.'),
    allowedEgress: z.array(Egress).max(64).default([]).describe('What containers may reach besides.'),
    dns: Dns,
    clusterCIDRs: z
      .array(Cidr)
      .max(64)
      .optional()
      .describe(
        "The cluster's own networks (pods, Services, nodes): containers never reach them, nor are they reached from them, but by server pods. Default: those that the operator knows.",
      ),
  })
  .prefault({})
  .describe('The network policy of the containers. It needs a network plugin that enforces policies.');
