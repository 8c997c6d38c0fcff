/** What no container is to reach, and from where it is not reached. */
import type { AnweddolServer } from '../../api/resources.ts';
import { type Cidr, parseCidrs } from './cidr.ts';
import type { KnownNetworks } from './known-networks.ts';

/**
 * Never open, whatever a resource allows: the machine's own, the link, and what tells a machine of a cloud its secrets
 * (on the link mostly, but for AWS and Google on IPv6 and for Azure).
 */
export const LOCAL_NETWORKS = parseCidrs([
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '168.63.129.16/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
]);

/** Not of the public internet: of somebody's own. They may be opened by name. */
export const PRIVATE_NETWORKS = parseCidrs([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  'fc00::/7',
  // They carry IPv4 addresses, private ones too.
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
]);

/** The public internet: of IPv6, all that has been given out; what lies beside it, such as mapped IPv4, is not routed. */
export const INTERNET = parseCidrs(['0.0.0.0/0', '2000::/3']);

/** The cluster's networks as somebody named them, for this server or for all; undefined when nobody did. */
function namedNetworks({ spec }: AnweddolServer, { configured }: KnownNetworks): string[] | undefined {
  const { clusterCIDRs = [] } = spec.containers.isolation;
  if (clusterCIDRs.length > 0) return clusterCIDRs;
  return configured.length > 0 ? configured : undefined;
}

/** All that is of the cluster: named or found networks, its nodes, its API server. */
export function clusterNetworks(server: AnweddolServer, known: KnownNetworks): Cidr[] {
  const { pods, nodes, apiServer } = known;
  const api = [...apiServer.service, ...apiServer.endpoints].flatMap(({ addresses }) => addresses);
  return parseCidrs([...(namedNetworks(server, known) ?? pods), ...nodes, ...api]);
}

/**
 * From where containers are not reached, but by nodes: where nobody has named the cluster's networks, a pod may have any
 * private address, whatever networks the nodes have (some network plugins give out others).
 */
export function siblingNetworks(server: AnweddolServer, known: KnownNetworks): Cidr[] {
  const services = known.apiServer.service.flatMap(({ addresses }) => addresses);
  const named = namedNetworks(server, known);
  const pods = named ? parseCidrs(named) : [...parseCidrs(known.pods), ...PRIVATE_NETWORKS];
  return [...pods, ...parseCidrs(services), ...LOCAL_NETWORKS];
}
