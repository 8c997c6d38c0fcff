import { isIPv6 } from 'node:net';
import {
  ANNOTATION_LISTEN_PORT,
  FIELD_MANAGER,
  LABEL_MANAGED_BY,
  LABEL_SERVER,
  LABEL_SLICE_MANAGED_BY,
  LABEL_STATE,
  sshPortName,
} from '../../api/names.ts';
import type { EndpointSlice, VirtualMachineInstance } from '../../kube/resources.ts';

/**
 * The way from a slot's port on the server's Service to the container; undefined while there must be none: before its
 * bootstrap user is locked, and from the moment it starts to end (its address is given to another pod soon).
 */
export function endpointSlice(vmi: VirtualMachineInstance): EndpointSlice | undefined {
  const { name, namespace, uid, labels, annotations, deletionTimestamp } = vmi.metadata;
  const serverName = labels?.[LABEL_SERVER];
  const port = Number(annotations?.[ANNOTATION_LISTEN_PORT]);
  const address = vmi.status?.interfaces?.[0]?.ipAddress;
  const reachable = labels?.[LABEL_STATE] === 'ready' && vmi.status?.phase === 'Running' && !deletionTimestamp;
  if (!reachable || !address || !serverName || !uid) return undefined;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      ...(namespace && { namespace }),
      labels: {
        'kubernetes.io/service-name': serverName,
        [LABEL_SLICE_MANAGED_BY]: FIELD_MANAGER,
        [LABEL_MANAGED_BY]: FIELD_MANAGER,
        [LABEL_SERVER]: serverName,
      },
      ownerReferences: [{ apiVersion: vmi.apiVersion, kind: vmi.kind, name, uid, controller: true }],
    },
    addressType: isIPv6(address) ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: sshPortName(port), port: sshPortInside(vmi), protocol: 'TCP' }],
  };
}

/** Where its SSH server listens, inside of it. */
export function sshPortInside(vmi: VirtualMachineInstance): number {
  return vmi.spec.domain.devices.interfaces?.[0]?.ports?.[0]?.port ?? 22;
}
