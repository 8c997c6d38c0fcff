/** Which pods a Service's ports lead to. */
import type { EndpointSlice, Service } from '../../kube/resources.ts';

export interface Target {
  address: string;
  port: number;
}

/** Services of this type are served, unless they ask for another load balancer by class. */
export function isServed(service: Service): boolean {
  const { type, loadBalancerClass } = service.spec ?? {};
  return type === 'LoadBalancer' && !loadBalancerClass && !service.metadata.deletionTimestamp;
}

/** By the Service's port: the ready endpoints of all its slices that have a port of that name. */
export function serviceTargets(service: Service, slices: EndpointSlice[]): Map<number, Target[]> {
  const targets = new Map<number, Target[]>();
  for (const { name = '', port, protocol = 'TCP' } of service.spec?.ports ?? []) {
    if (protocol !== 'TCP') continue;
    targets.set(
      port,
      slices.flatMap((slice) => sliceTargets(slice, name)),
    );
  }
  return targets;
}

function sliceTargets({ ports, endpoints, metadata }: EndpointSlice, name: string): Target[] {
  if (metadata.deletionTimestamp) return [];
  const port = ports?.find((one) => (one.name ?? '') === name)?.port;
  if (port === undefined) return [];
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false && !conditions?.terminating);
  return ready.flatMap(({ addresses }) => (addresses[0] ? [{ address: addresses[0], port }] : []));
}
