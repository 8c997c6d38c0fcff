/** How server pods reach the collector that their traces go to. */
import { isIP } from 'node:net';
import type { NetworkPolicy } from '../../kube/resources.ts';
import { formatCidr, parseCidrs } from './cidr.ts';
import { clusterDnsEgress } from './container-egress.ts';
import type { KnownNetworks } from './known-networks.ts';

type Egress = NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>;

/** `collector.tracing.svc`, and more of the cluster's domain behind it. */
const SERVICE_NAME = /^[a-z0-9-]+\.(?<namespace>[a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/;

/**
 * To an address, or to the pods of the namespace of a Service, on the port of the URL: policies act on the port of the pod,
 * which has to be the same. No policy can name any other host: whoever wants that opens the way with one of his own.
 */
export function tracesEgress(endpoint: string, known: KnownNetworks): Egress {
  const { protocol, hostname, port } = new URL(endpoint);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const ports = [{ protocol: 'TCP', port: Number(port) || (protocol === 'https:' ? 443 : 80) }];
  if (isIP(host)) return [{ to: parseCidrs([host]).map((cidr) => ({ ipBlock: { cidr: formatCidr(cidr) } })), ports }];
  const { namespace } = SERVICE_NAME.exec(host)?.groups ?? {};
  if (!namespace) return clusterDnsEgress(known);
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  return [...clusterDnsEgress(known), { to: [{ namespaceSelector }], ports }];
}
