import type { AnweddolServer } from '../../api/resources.ts';
import type { Service } from '../../kube/resources.ts';
import type { Finding } from '../conditions.ts';

/** Where clients reach the server, as far as it is known; `host` without a name of its own is any node. */
export interface AddressFinding extends Finding {
  host?: string;
  port?: number;
  webPort?: number;
}

/** @param service as the cluster has it */
export function addressFinding(server: AnweddolServer, service: Service | undefined): AddressFinding {
  const { type } = server.spec.service;
  const host = hostOf(service);
  if (!host) return { status: 'False', reason: 'Waiting', message: `the Service of type ${type} has no address yet` };
  const { listenPort, web } = server.spec;
  return {
    status: 'True',
    reason: 'Assigned',
    message: 'the Service has an address',
    host,
    port: listenPort,
    ...(web.enabled && { webPort: web.port }),
  };
}

function hostOf(service: Service | undefined): string | undefined {
  const [ingress] = service?.status?.loadBalancer?.ingress ?? [];
  if (service?.spec?.type === 'LoadBalancer') return ingress?.ip ?? ingress?.hostname;
  return service?.spec?.clusterIP;
}
