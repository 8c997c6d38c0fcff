import type { AnweddolServer } from '../api/resources.ts';
import { keyOf } from '../kube/objects.ts';
import type { Deployment, Pod, Service, VirtualMachineInstance } from '../kube/resources.ts';
import { type Context, INDEX_BY_SERVER } from './context.ts';
import { isoCheckPod } from './desired/iso-check-pod.ts';
import { objectNames } from './desired/ownership.ts';
import { type IsoFinding, isoFinding } from './iso-finding.ts';
import type { PlatformFinding } from './platform-finding.ts';

/** What is known of one server. */
export interface Facts {
  service: Service | undefined;
  deployment: Deployment | undefined;
  isoPod: Pod | undefined;
  iso: IsoFinding;
  platform: PlatformFinding;
  machines: VirtualMachineInstance[];
}

/** What the caches show of it. */
export function observe(server: AnweddolServer, context: Context): Omit<Facts, 'platform'> {
  const { caches } = context;
  const names = objectNames(server);
  const namespace = server.metadata.namespace;
  const isoPod = caches.pods.get(keyOf(isoCheckPod(server, { image: '' }).metadata));
  return {
    service: caches.services.get(keyOf({ namespace, name: names.service })),
    deployment: caches.deployments.get(keyOf({ namespace, name: names.deployment })),
    isoPod,
    iso: isoFinding(server, isoPod),
    machines: caches.machines.byIndex(INDEX_BY_SERVER, keyOf(server.metadata)),
  };
}
