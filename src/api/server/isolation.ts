/** What containers may reach. */
import * as z from 'zod';
import { Cidr, IpAddress, Port, SET } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const Egress = z.object({
  cidr: Cidr.describe(
    'Network that may be reached though it is closed by default, such as that of a mirror within the company.',
  ),
  ports: z
    .array(
      z.object({
        protocol: z.enum(['TCP', 'UDP']).default('TCP').describe('Default: TCP.'),
        port: Port.describe('Port that may be reached there.'),
      }),
    )
    .max(32)
    .optional()
    .describe('Ports that may be reached there. Default: every one.'),
});

const Dns = z
  .object({
    mode: z
      .enum(['Cluster', 'Servers', 'None'])
      .default('Cluster')
      .describe(
        "Cluster: the cluster's DNS, which also tells names of the cluster. Servers: those listed, asked directly. None: no DNS. Default: Cluster.",
      ),
    servers: z
      .array(IpAddress)
      .max(3)
      .meta(SET)
      .optional()
      .describe('Addresses of 1 to 3 resolvers, with mode Servers.'),
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
      .describe(
        'Whether containers reach the public internet: everything but private, local and cluster addresses. Default: true.',
      ),
    allowedEgress: z
      .array(Egress)
      .max(64)
      .default([])
      .describe(
        "What containers may reach besides, 64 networks at most, private ones too. Never, as far as they are known, the cluster's own networks, nodes and API server; nor the link, or what tells a machine of a cloud its secrets. Default: nothing.",
      ),
    dns: Dns,
    clusterCIDRs: z
      .array(Cidr)
      .max(64)
      .meta(SET)
      .optional()
      .describe(
        "The cluster's own networks (pods, Services, nodes): containers never reach them, nor are they reached from them, but by server pods, and by nodes that the operator may list: what a load balancer sends on comes from those. Default: what the operator's --cluster-cidrs says, else what it finds; then no private address but a node's reaches containers, as it may be a pod's.",
      ),
  })
  .prefault({})
  .describe('The network policy of the containers. It needs a network plugin that enforces policies.');
