import type { AnweddolServer } from '../../api/resources.ts';
import { slotPorts } from '../../api/server-settings.ts';
import type { Service } from '../../kube/resources.ts';
import type { Finding } from '../conditions.ts';
import { CLIENT_PORT_NAME, WEB_PORT_NAME } from './service.ts';

/** Where clients reach the server, as far as it is known; without `host` it is any node. */
export interface AddressFinding extends Finding {
  host?: string;
  port?: number;
  webPort?: number;
}

/** A load balancer that takes longer than this is likely none. */
const LOAD_BALANCER_MS = 300_000;

/**
 * @param service as the cluster has it
 * @param now milliseconds
 */
export function addressFinding(server: AnweddolServer, service: Service | undefined, now: number): AddressFinding {
  const { type } = server.spec.service;
  // The cluster has yet to be told of another type.
  if (service?.spec?.type !== type) return waiting(`the Service of type ${type} has no address yet`);
  if (type === 'LoadBalancer') return loadBalancerFinding(server, service, now);
  return type === 'NodePort' ? nodePortFinding(server, service) : clusterFinding(server, service);
}

function loadBalancerFinding(server: AnweddolServer, service: Service, now: number): AddressFinding {
  const host = ingressHost(service);
  if (host) return assigned('Assigned', 'the Service has an address', { host, ...servicePorts(server) });
  const left = waitingSince(server, now) + LOAD_BALANCER_MS - now;
  if (left > 0) {
    return { ...waiting('the Service of type LoadBalancer has no address yet'), againMs: left };
  }
  const message =
    `the load balancer of the cluster has given Service ${service.metadata.name} no address for 5 minutes: ` +
    'look at its events with kubectl describe service; is there a load balancer, does service.loadBalancerClass name one, has it addresses left? ' +
    'Without one, use service.type NodePort';
  return { status: 'False', reason: 'LoadBalancerSilent', message };
}

/** An IPv4 address reaches the most clients, and a name is taken only where there is no address. */
function ingressHost(service: Service): string | undefined {
  const ingress = service.status?.loadBalancer?.ingress ?? [];
  const addresses = ingress.flatMap(({ ip }) => ip ?? []);
  return addresses.find((ip) => ip.includes('.')) ?? addresses[0] ?? ingress.find(({ hostname }) => hostname)?.hostname;
}

function waitingSince(server: AnweddolServer, now: number): number {
  const known = server.status?.conditions?.find(({ type }) => type === 'AddressAssigned');
  const since = known?.status === 'False' ? Date.parse(known.lastTransitionTime) : now;
  return Number.isNaN(since) ? now : since;
}

function nodePortFinding(server: AnweddolServer, service: Service): AddressFinding {
  const nodePorts = new Map((service.spec?.ports ?? []).map(({ name, nodePort }) => [name, nodePort]));
  const port = nodePorts.get(CLIENT_PORT_NAME);
  if (!port) return waiting('the Service of type NodePort has no node port yet');
  const webPort = nodePorts.get(WEB_PORT_NAME);
  const ports = { port, ...(server.spec.web.enabled && webPort && { webPort }) };
  const ssh = slotPorts(server.spec);
  const [first, last] = [ssh[0], ssh.at(-1)];
  const nodePortOf = new Map((service.spec?.ports ?? []).map(({ port: own, nodePort }) => [own, nodePort]));
  if (ssh.every((own) => nodePortOf.get(own) === own)) {
    const message = `any node answers on port ${port}, and for the SSH of containers on ports ${first} to ${last}`;
    return assigned('NodePortsAssigned', message, ports);
  }
  const message =
    `any node answers on port ${port}, but clients are told the SSH ports ${first} to ${last}, which are other ports on the nodes: ` +
    'outside the cluster they need a port mapping; or make a server whose service.firstSshPort lies within 30000 to 32767, with room for maxRunning ports';
  return assigned('NodePortsDiffer', message, ports);
}

function clusterFinding(server: AnweddolServer, service: Service): AddressFinding {
  const host = service.spec?.clusterIP;
  if (!host || host === 'None') return waiting('the Service of type ClusterIP has no address yet');
  const { name, namespace } = service.metadata;
  const message = `within the cluster only, as ${host} or ${name}.${namespace}.svc`;
  return assigned('ClusterOnly', message, { host, ...servicePorts(server) });
}

function servicePorts({ spec: { listenPort, web } }: AnweddolServer) {
  return { port: listenPort, ...(web.enabled && { webPort: web.port }) };
}

function assigned(
  reason: 'Assigned' | 'NodePortsAssigned' | 'NodePortsDiffer' | 'ClusterOnly',
  message: string,
  where: Pick<AddressFinding, 'host' | 'port' | 'webPort'>,
): AddressFinding {
  return { status: 'True', reason, message, ...where };
}

function waiting(message: string): AddressFinding {
  return { status: 'False', reason: 'Waiting', message };
}
