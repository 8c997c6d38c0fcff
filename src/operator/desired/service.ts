import { ANNOTATION_LISTEN_PORT, sshPortName } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { slotPorts } from '../../api/server-settings.ts';
import type { Service, VirtualMachineInstance } from '../../kube/resources.ts';
import { objectNames, ownedMetadata, serverPodLabels } from './ownership.ts';

/** The name of the port that clients connect to, on the Service and on the pods. */
export const CLIENT_PORT_NAME = 'anweddol';
/** That of the web server. */
export const WEB_PORT_NAME = 'web';

/** The ports that a cluster gives to Services on its nodes, unless it is told others. */
const NODE_PORTS = { first: 30_000, last: 32_767 };

/**
 * The Service of a server: its own ports go to the pods; each slot's port waits for an EndpointSlice of ours. A slot's
 * target port has a name that no pod defines, so the cluster's own EndpointSlice controller leaves it alone.
 * @param machines those of the server: one in a slot that is no more keeps its port until it ends
 * @param kept more SSH ports that stay
 */
export function service(server: AnweddolServer, machines: VirtualMachineInstance[] = [], kept: number[] = []): Service {
  const { type, annotations, loadBalancerClass, loadBalancerSourceRanges } = server.spec.service;
  const { listenPort, web } = server.spec;
  const metadata = ownedMetadata(server, objectNames(server).service);
  const taken = machines
    .map((vmi) => Number(vmi.metadata.annotations?.[ANNOTATION_LISTEN_PORT]))
    .filter(Number.isInteger);
  const sshPorts = [...new Set([...slotPorts(server.spec), ...taken, ...kept])].sort((a, b) => a - b);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: annotations ? { ...metadata, annotations } : metadata,
    spec: {
      type,
      ...(loadBalancerClass && { loadBalancerClass }),
      ...(loadBalancerSourceRanges && { loadBalancerSourceRanges }),
      // A container is on one node and its port must work on all of them.
      ...(type !== 'ClusterIP' && { externalTrafficPolicy: 'Cluster' }),
      selector: serverPodLabels(server),
      ports: [
        { ...tcp(CLIENT_PORT_NAME, listenPort), ...onNodes(type, listenPort) },
        ...(web.enabled ? [{ ...tcp(WEB_PORT_NAME, web.port), ...onNodes(type, web.port) }] : []),
        ...sshPorts.map((port) => ({ ...tcp(sshPortName(port), port), ...onNodes(type, port) })),
      ],
    },
  };
}

/** The ports of slots that a Service has. */
export function sshPortsOf(stored: Service | undefined): number[] {
  return (stored?.spec?.ports ?? []).filter(({ name, port }) => name === sshPortName(port)).map(({ port }) => port);
}

const tcp = (name: string, port: number) => ({ name, port, targetPort: name, protocol: 'TCP' });

/** The same port on the nodes, where it can be: clients are told the ports of the Service. */
function onNodes(type: string, port: number): { nodePort?: number } {
  const canBe = type === 'NodePort' && port >= NODE_PORTS.first && port <= NODE_PORTS.last;
  return canBe ? { nodePort: port } : {};
}
