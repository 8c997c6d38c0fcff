import { LABEL_COMPONENT } from '../api/names.ts';
import type { AnweddolServer } from '../api/resources.ts';
import { keyOf } from '../kube/objects.ts';
import type { Deployment, Pod, Service, VirtualMachineInstance } from '../kube/resources.ts';
import type { CertificatesFinding } from './certificates/certificates-finding.ts';
import { type Context, INDEX_BY_SERVER } from './context.ts';
import { type AddressFinding, addressFinding } from './desired/address.ts';
import { objectNames } from './desired/ownership.ts';
import { isoCheckPod } from './iso/iso-check-pod.ts';
import { type IsoFinding, isoFinding } from './iso/iso-finding.ts';
import type { KeyFinding } from './keys/key-finding.ts';
import type { PlatformFinding } from './platform/platform-finding.ts';

/** What the caches show of one server. */
export interface Observed {
  service: Service | undefined;
  deployment: Deployment | undefined;
  /** Those that serve clients. */
  pods: Pod[];
  isoPod: Pod | undefined;
  iso: IsoFinding;
  address: AddressFinding;
  machines: VirtualMachineInstance[];
}

/** What is known of one server. */
export interface Facts extends Observed {
  platform: PlatformFinding;
  /** Absent while the server is paused, and while its Secret is refused. */
  key?: KeyFinding | undefined;
  /** Absent where none is needed. */
  certificates?: CertificatesFinding | undefined;
}

export function observe(server: AnweddolServer, context: Context): Observed {
  const { caches } = context;
  const names = objectNames(server);
  const namespace = server.metadata.namespace;
  const isoPod = caches.pods.get(keyOf(isoCheckPod(server, { image: '' }).metadata));
  const service = caches.services.get(keyOf({ namespace, name: names.service }));
  return {
    service,
    deployment: caches.deployments.get(keyOf({ namespace, name: names.deployment })),
    pods: caches.pods
      .byIndex(INDEX_BY_SERVER, keyOf(server.metadata))
      .filter(({ metadata }) => metadata.labels?.[LABEL_COMPONENT] === 'server'),
    isoPod,
    iso: isoFinding(server, isoPod),
    address: addressFinding(server, service, context.clock.now()),
    machines: caches.machines.byIndex(INDEX_BY_SERVER, keyOf(server.metadata)),
  };
}
