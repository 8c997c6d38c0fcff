/** How clients get to the server. */
import { z } from 'zod';
import { Cidr, LabelMap } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

export const ServiceSpec = z
  .object({
    type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']).default('LoadBalancer').describe('As of a Service.'),
    annotations: LabelMap.optional().describe('For the load balancer of the cluster.'),
    loadBalancerClass: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('Which load balancer serves it, where the cluster has several.'),
    loadBalancerSourceRanges: z
      .array(Cidr)
      .max(64)
      .optional()
      .describe('Networks that the load balancer lets in. Default: all.'),
    firstSshPort: z
      .int()
      .min(1024)
      .max(65_535)
      .default(10_000)
      .meta(
        celRules({
          rule: 'self == oldSelf',
          message: 'firstSshPort cannot be changed: clients reach their containers at its ports; make another server',
        }),
      )
      .describe('Slot n is reached at this port + n, on the address of the server. Cannot be changed.'),
    clientAddress: z
      .enum(['none', 'preserved', 'proxyProtocol'])
      .default('none')
      .describe(
        'Whether server pods see the addresses of clients: none, they see those of nodes; preserved, the cluster keeps them; proxyProtocol, the load balancer announces them. Limits for each source and the IP filter act only where addresses are known.',
      ),
    trustedProxies: z
      .array(Cidr)
      .min(1)
      .max(64)
      .optional()
      .describe('Who may announce client addresses, with proxyProtocol: the addresses of the load balancer.'),
  })
  .meta(
    celRules(
      {
        rule: "(self.clientAddress == 'proxyProtocol') == has(self.trustedProxies)",
        message: 'trustedProxies must be set with clientAddress proxyProtocol, and only with it',
      },
      {
        rule: "self.type == 'LoadBalancer' || (!has(self.loadBalancerClass) && !has(self.loadBalancerSourceRanges))",
        message: 'loadBalancerClass and loadBalancerSourceRanges are for type LoadBalancer',
      },
      {
        rule: "!has(oldSelf.loadBalancerClass) || (has(self.loadBalancerClass) && self.loadBalancerClass == oldSelf.loadBalancerClass) || self.type != 'LoadBalancer'",
        message: 'loadBalancerClass cannot be changed while the type is LoadBalancer',
      },
    ),
  )
  .prefault({})
  .describe('The Service that clients connect to.');
