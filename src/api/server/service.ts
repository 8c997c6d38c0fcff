/** How clients get to the server. */
import * as z from 'zod';
import { AnnotationMap, Cidr, SET } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

export const ServiceSpec = z
  .object({
    type: z
      .enum(['LoadBalancer', 'NodePort', 'ClusterIP'])
      .default('LoadBalancer')
      .describe(
        'As of a Service. LoadBalancer: one address from the load balancer of the cluster. NodePort: every node answers; choose listenPort and firstSshPort within 30000 to 32767, so that the ports that clients are told are those of the nodes (the cluster gives away the lowest 86 of them last). ClusterIP: reached from within the cluster only. Default: LoadBalancer.',
      ),
    annotations: AnnotationMap.optional().describe(
      'Annotations of the Service, which tell the load balancer of the cluster what to do, such as which address to take. 64 at most.',
    ),
    loadBalancerClass: z
      .string()
      .min(1)
      .max(253)
      .meta(
        celRules({
          rule: "self.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$')",
          message: 'must be the name of a load balancer class, such as example.org/internal',
        }),
      )
      .optional()
      .describe(
        'Which load balancer serves it, where the cluster has several. Default: the one that serves Services without a class. Can be changed by way of another type only.',
      ),
    loadBalancerSourceRanges: z
      .array(Cidr)
      .max(64)
      .meta(SET)
      .optional()
      .describe('Networks that the load balancer lets in, as CIDRs. Default: all. Not every load balancer heeds it.'),
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
      .describe(
        'The SSH of the container in slot n is reached at this port + n, on the address of the server; maxRunning ports from here on are taken. Cannot be changed. Default: 10000.',
      ),
    clientAddress: z
      .enum(['none', 'preserved', 'proxyProtocol'])
      .default('none')
      .describe(
        'Whether server pods see the addresses of clients: none, they see those of nodes; preserved, the cluster keeps them; proxyProtocol, the load balancer announces them, and clients that come without an announcement are refused. Limits for each source and the IP filter act only where addresses are known. Default: none.',
      ),
    trustedProxies: z
      .array(Cidr)
      .min(1)
      .max(64)
      .meta(SET)
      .optional()
      .describe('Who may announce client addresses, with proxyProtocol: the networks of the load balancer, as CIDRs.'),
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
        rule: "self.type != 'LoadBalancer' || oldSelf.type != 'LoadBalancer' || (has(self.loadBalancerClass) == has(oldSelf.loadBalancerClass) && (!has(self.loadBalancerClass) || self.loadBalancerClass == oldSelf.loadBalancerClass))",
        message: 'loadBalancerClass cannot be changed while the type is LoadBalancer: set another type first',
      },
    ),
  )
  .prefault({})
  .describe('The Service that clients connect to.');
