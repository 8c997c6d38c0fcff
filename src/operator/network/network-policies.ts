/** Who may reach whom: the NetworkPolicies of a server; resource and known networks in, manifests out. */
import { FIELD_MANAGER, LABEL_COMPONENT, LABEL_MANAGED_BY, LABEL_SERVER } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { NetworkPolicy, VirtualMachineInstance } from '../../kube/resources.ts';
import { HEALTH_PORT, METRICS_PORT } from '../desired/deployment.ts';
import { sshPortInside } from '../desired/endpoint-slice.ts';
import { ownedMetadata, serverPodLabels } from '../desired/ownership.ts';
import { formatCidr, ipBlock, isWithin, mergeCidrs, parseCidrs } from './cidr.ts';
import { siblingNetworks } from './closed-networks.ts';
import { containerEgress } from './container-egress.ts';
import type { Ends, KnownNetworks } from './known-networks.ts';
import { tracesEgress } from './traces-egress.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type IngressRule = NonNullable<Spec['ingress']>[number];
type EgressRule = NonNullable<Spec['egress']>[number];
type Peer = NonNullable<EgressRule['to']>[number];

/** Where API servers listen, for a cluster that doesn't tell. */
const USUAL_API_PORTS = [443, 6443];

/**
 * Those of its server pods and of its containers. What they don't name is closed, both ways.
 * @param machines those of the server: the SSH port of one that runs stays open when another is asked for
 * @param tracesEndpoint the URL that server pods send traces to
 */
export function networkPolicies(
  server: AnweddolServer,
  known: KnownNetworks,
  machines: VirtualMachineInstance[] = [],
  tracesEndpoint?: string,
): NetworkPolicy[] {
  const { name } = server.metadata;
  const sshPorts = [...new Set([server.spec.containers.endpoint.port, ...machines.map(sshPortInside).sort(ascending)])];
  return [
    policy(server, `${name}-server`, {
      podSelector: { matchLabels: serverPodLabels(server) },
      ingress: serverIngress(server),
      egress: [
        ...serverEgress(server, known, sshPorts),
        ...(tracesEndpoint ? tracesEgress(tracesEndpoint, known) : []),
      ],
    }),
    policy(server, `${name}-containers`, {
      podSelector: { matchLabels: containerLabels(server) },
      ingress: containerIngress(server, known, sshPorts),
      egress: containerEgress(server, known),
    }),
  ];
}

function policy(server: AnweddolServer, name: string, spec: Omit<Spec, 'policyTypes'>): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownedMetadata(server, name),
    spec: { ...spec, policyTypes: ['Ingress', 'Egress'] },
  };
}

/** KubeVirt copies the labels of a machine to the pod that it runs in. */
function containerLabels({ metadata }: AnweddolServer): Record<string, string> {
  return {
    [LABEL_MANAGED_BY]: FIELD_MANAGER,
    [LABEL_COMPONENT]: 'container',
    [LABEL_SERVER]: metadata.name,
  };
}

/** Kubelets reach the probes of the pods of their node whatever a policy says. */
function serverIngress({ spec }: AnweddolServer): IngressRule[] {
  return [
    { ports: tcp([spec.listenPort, ...(spec.web.enabled ? [spec.web.port] : [])]) },
    { from: [{ namespaceSelector: {} }], ports: tcp([HEALTH_PORT, METRICS_PORT]) },
  ];
}

/** It finds the API server by its address, and so needs no DNS. */
function serverEgress(server: AnweddolServer, { apiServer }: KnownNetworks, sshPorts: number[]): EgressRule[] {
  // Most network plugins look at where a connection goes after the Service's address was replaced, some before.
  const { service, endpoints } = apiServer;
  const api = [...service, ...endpoints].flatMap(toEnds);
  const areKnown = endpoints.some((ends) => toEnds(ends).length > 0);
  return [
    {
      to: [{ podSelector: { matchLabels: containerLabels(server) } }],
      ports: tcp(sshPorts),
    },
    ...(areKnown ? api : [...api, { ports: tcp(USUAL_API_PORTS) }]),
  ];
}

function toEnds({ addresses, ports }: Ends): EgressRule[] {
  const to = blocks(addresses);
  // Without one of them a rule would mean all.
  return to.length > 0 && ports.length > 0 ? [{ to, ports: tcp(ports) }] : [];
}

/** From a sibling never. What a load balancer sends on mostly comes from a node's address. */
function containerIngress(server: AnweddolServer, known: KnownNetworks, sshPorts: number[]): IngressRule[] {
  const closed = siblingNetworks(server, known);
  const outside = parseCidrs(['0.0.0.0/0', '::/0']).flatMap((all) => ipBlock(all, closed) ?? []);
  const nodes = parseCidrs(known.nodes).filter((node) => closed.some((network) => isWithin(node, network)));
  return [
    {
      from: [
        { podSelector: { matchLabels: serverPodLabels(server) } },
        ...outside.map((block) => ({ ipBlock: block })),
        ...mergeCidrs(nodes).map((node) => ({ ipBlock: { cidr: formatCidr(node) } })),
      ],
      ports: tcp(sshPorts),
    },
  ];
}

function blocks(addresses: string[]): Peer[] {
  return mergeCidrs(parseCidrs(addresses)).map((cidr) => ({ ipBlock: { cidr: formatCidr(cidr) } }));
}

function tcp(ports: number[]) {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

const ascending = (a: number, b: number): number => a - b;
