/** What containers may reach. */
import type { AnweddolServer } from '../../api/resources.ts';
import type { NetworkPolicy } from '../../kube/resources.ts';
import { type Cidr, formatCidr, ipBlock, parseCidrs } from './cidr.ts';
import { clusterNetworks, INTERNET, LOCAL_NETWORKS, PRIVATE_NETWORKS } from './closed-networks.ts';
import type { KnownNetworks } from './known-networks.ts';

type Egress = NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>;

/** Where the cache of a node's own answers, in clusters that have one (NodeLocal DNSCache). */
const NODE_LOCAL_DNS = '169.254.20.10';

export function containerEgress(server: AnweddolServer, known: KnownNetworks): Egress {
  const { internet, allowedEgress, dns } = server.spec.containers.isolation;
  const closed = [...clusterNetworks(server, known), ...LOCAL_NETWORKS];
  return [
    ...dnsEgress(dns, known),
    ...(internet ? open(INTERNET, [...closed, ...PRIVATE_NETWORKS]) : []),
    ...allowedEgress.flatMap(({ cidr, ports }) => open(parseCidrs([cidr]), closed, ports)),
  ];
}

/** Networks without what is closed; no rule where nothing is left, for one without a peer would mean everything. */
function open(networks: Cidr[], closed: Cidr[], ports?: { protocol: string; port: number }[]): Egress {
  const to = networks.flatMap((network) => ipBlock(network, closed) ?? []).map((block) => ({ ipBlock: block }));
  if (to.length === 0) return [];
  return [{ to, ...(ports?.length && { ports }) }];
}

function dnsEgress(
  { mode, servers = [] }: AnweddolServer['spec']['containers']['isolation']['dns'],
  known: KnownNetworks,
): Egress {
  if (mode === 'Cluster') return clusterDnsEgress(known);
  return mode === 'Servers' && servers.length > 0 ? onDnsPort(blocks(servers)) : [];
}

/** To the cluster's own resolvers. */
export function clusterDnsEgress(known: KnownNetworks): Egress {
  return onDnsPort([CLUSTER_DNS, ...blocks([NODE_LOCAL_DNS, ...known.dns])]);
}

function onDnsPort(to: NonNullable<Egress[number]['to']>): Egress {
  if (to.length === 0) return [];
  return [{ to, ports: ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 })) }];
}

function blocks(addresses: string[]) {
  return parseCidrs(addresses).map((cidr) => ({ ipBlock: { cidr: formatCidr(cidr) } }));
}

const CLUSTER_DNS = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
  podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
};
