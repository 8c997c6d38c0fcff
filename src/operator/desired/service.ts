import { sshPortName } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { slotPorts } from '../../api/server-settings.ts';
import type { Service } from '../../kube/resources.ts';
import { objectNames, ownedMetadata, serverPodLabels } from './ownership.ts';

/** The name of the port that clients connect to, on the Service and on the pods. */
export const CLIENT_PORT_NAME = 'anweddol';

/**
 * The Service of a server: its own port goes to the pods; each slot's port waits for an EndpointSlice of ours. A slot's
 * target port has a name that no pod defines, so the cluster's own EndpointSlice controller leaves it alone.
 */
export function service(server: AnweddolServer): Service {
  const { type, annotations, loadBalancerClass } = server.spec.service;
  const metadata = ownedMetadata(server, objectNames(server).service);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: annotations ? { ...metadata, annotations } : metadata,
    spec: {
      type,
      ...(loadBalancerClass && { loadBalancerClass }),
      // A container is on one node and its port must work on all of them.
      ...(type !== 'ClusterIP' && { externalTrafficPolicy: 'Cluster' }),
      selector: serverPodLabels(server),
      ports: [
        { name: CLIENT_PORT_NAME, port: server.spec.listenPort, targetPort: CLIENT_PORT_NAME, protocol: 'TCP' },
        ...slotPorts(server.spec).map((port) => ({
          name: sshPortName(port),
          port,
          targetPort: sshPortName(port),
          protocol: 'TCP',
        })),
      ],
    },
  };
}
