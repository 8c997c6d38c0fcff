import type { AnweddolServer } from '../api/resources.ts';
import { keyOf } from '../kube/objects.ts';
import type { Deployment, Pod, Service, VirtualMachineInstance } from '../kube/resources.ts';
import { type Context, INDEX_BY_SERVER } from './context.ts';
import { isoCheckPod } from './desired/iso-check-pod.ts';
import { objectNames } from './desired/ownership.ts';
import { type IsoFinding, isoFinding } from './iso-finding.ts';

/** What the caches show of one server. */
export interface Facts {
  service: Service | undefined;
  deployment: Deployment | undefined;
  isoPod: Pod | undefined;
  iso: IsoFinding;
  /** False while KubeVirt's resource can't be listed. */
  platformReady: boolean;
  machines: VirtualMachineInstance[];
}

export function observe(server: AnweddolServer, context: Context): Facts {
  const { caches } = context;
  const names = objectNames(server);
  const namespace = server.metadata.namespace;
  const isoPod = caches.pods.get(keyOf(isoCheckPod(server, { image: '' }).metadata));
  return {
    service: caches.services.get(keyOf({ namespace, name: names.service })),
    deployment: caches.deployments.get(keyOf({ namespace, name: names.deployment })),
    isoPod,
    iso: isoFinding(server, isoPod),
    platformReady: caches.machines.hasSynced,
    machines: caches.machines.byIndex(INDEX_BY_SERVER, keyOf(server.metadata)),
  };
}
