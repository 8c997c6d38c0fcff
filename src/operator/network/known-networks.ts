/** What the cluster itself says of its networks: objects in, addresses out; pure. */
import type { EndpointSlice, Node, Service } from '../../kube/resources.ts';

/** Networks and addresses as text; what is not known is absent from them. */
export interface KnownNetworks {
  /** What the operator was told, whatever else is known. Empty: nothing. */
  configured: string[];
  /** Of pods, as nodes have them to give out. Some network plugins give out others. */
  pods: string[];
  /** The addresses of nodes, those of their tunnels too: what a load balancer sends on comes from them. */
  nodes: string[];
  /** Where the API server is: the addresses of its Service, and those behind it. Empty ends: they are not known. */
  apiServer: { service: Ends[]; endpoints: Ends[] };
  /** The addresses of the Services of the cluster's DNS. */
  dns: string[];
}

/** TCP. */
export interface Ends {
  addresses: string[];
  ports: number[];
}

/** The rights to list some of it may be missing; what it would have said is not known then. */
export interface NetworkObjects {
  nodes: Node[];
  /** The Service `kubernetes`. */
  apiServices: Service[];
  /** Those of the Service `kubernetes`. */
  apiSlices: EndpointSlice[];
  dnsServices: Service[];
}

export function knownNetworks(objects: NetworkObjects, configured: string[]): KnownNetworks {
  const { nodes, apiServices, apiSlices, dnsServices } = objects;
  return {
    configured,
    pods: sorted(nodes.flatMap(podNetworks)),
    nodes: sorted(nodes.flatMap(nodeAddresses)),
    apiServer: {
      service: apiServices.map((service) => ({
        addresses: clusterAddresses(service),
        ports: (service.spec?.ports ?? []).map(({ port }) => port),
      })),
      endpoints: apiSlices.map(({ endpoints, ports }) => ({
        addresses: sorted((endpoints ?? []).flatMap(({ addresses }) => addresses)),
        ports: (ports ?? []).flatMap(({ port }) => port ?? []),
      })),
    },
    dns: sorted(dnsServices.flatMap(clusterAddresses)),
  };
}

function podNetworks({ spec }: Node): string[] {
  return spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : []);
}

/**
 * Where network plugins say which address the host has in their tunnel: what a node sends to a pod on another node comes
 * from there. See https://docs.tigera.io/calico/latest/reference/resources/node
 */
const TUNNEL_ANNOTATIONS = [
  'projectcalico.org/IPv4IPIPTunnelAddr',
  'projectcalico.org/IPv4VXLANTunnelAddr',
  'projectcalico.org/IPv6VXLANTunnelAddr',
  'projectcalico.org/IPv4WireguardInterfaceAddr',
  'projectcalico.org/IPv6WireguardInterfaceAddr',
];
/** Flannel's hosts have the first address of their network in the tunnel and the second on the bridge: no pod has them. */
const FLANNEL_ANNOTATION = 'flannel.alpha.coreos.com/backend-type';

function nodeAddresses(node: Node): string[] {
  const { annotations = {} } = node.metadata;
  const own = (node.status?.addresses ?? []).flatMap(({ type, address }) => (type.endsWith('IP') ? address : []));
  const tunnels = TUNNEL_ANNOTATIONS.flatMap((name) => annotations[name] ?? []);
  const isFlannel = annotations[FLANNEL_ANNOTATION] !== undefined;
  return [...own, ...tunnels, ...(isFlannel ? podNetworks(node).flatMap(firstTwo) : [])];
}

function firstTwo(cidr: string): string[] {
  const [address = ''] = cidr.split('/');
  return [`${address}/${address.includes(':') ? 127 : 31}`];
}

function clusterAddresses({ spec }: Service): string[] {
  const { clusterIP, clusterIPs = clusterIP ? [clusterIP] : [] } = spec ?? {};
  return clusterIPs.filter((address) => address !== 'None');
}

function sorted(texts: string[]): string[] {
  return [...new Set(texts)].sort();
}
