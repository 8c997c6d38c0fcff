/** The EndpointSlices of a Service: one for each set of ports that its pods have. */
import { createHash } from 'node:crypto';
import type { EndpointSlice, Pod, Service } from '../../../kube/resources.ts';
import { controllerReference } from '../owner.ts';
import { safeEncoded } from '../random-suffix.ts';
import { isReady } from '../workloads/pod-of-set.ts';
import { portsOn, type SlicePort } from './service-ports.ts';

export const LABEL_SERVICE = 'kubernetes.io/service-name';
export const LABEL_MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const CONTROLLER = 'endpointslice-controller.k8s.io';

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number];

/** @param zoneOf the zone of a node */
export function serviceSlices(
  service: Service,
  pods: Pod[],
  zoneOf: (node: string) => string | undefined = () => undefined,
): EndpointSlice[] {
  const groups = new Map<string, { ports: SlicePort[]; pods: Pod[] }>();
  for (const pod of pods.filter((one) => isSelected(one, service) && canServe(one))) {
    const ports = portsOn(pod, service);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  // A Service without pods has one slice all the same, an empty one.
  if (groups.size === 0) groups.set('[]', { ports: [], pods: [] });
  return [...groups.values()].map((group) => slice(service, group.ports, group.pods, zoneOf));
}

function isSelected(pod: Pod, service: Service): boolean {
  const selector = Object.entries(service.spec?.selector ?? {});
  const labels = pod.metadata.labels ?? {};
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

function canServe(pod: Pod): boolean {
  const { phase, podIP } = pod.status ?? {};
  return !!podIP && phase !== 'Succeeded' && phase !== 'Failed';
}

function slice(
  service: Service,
  ports: SlicePort[],
  pods: Pod[],
  zoneOf: (node: string) => string | undefined,
): EndpointSlice {
  const { name, namespace = '', uid = '', labels } = service.metadata;
  const digest = createHash('sha256').update(uid).update(JSON.stringify(ports)).digest();
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`,
      name: `${name}-${safeEncoded(digest.subarray(0, 5))}`,
      namespace,
      labels: { ...labels, [LABEL_SERVICE]: name, [LABEL_MANAGED_BY]: CONTROLLER },
      ownerReferences: [controllerReference(service)],
    },
    addressType: 'IPv4',
    ports,
    endpoints: pods
      .map((pod) => endpoint(pod, service, zoneOf(pod.spec?.nodeName ?? '')))
      .sort((a, b) => address(a).localeCompare(address(b))),
  };
}

function endpoint(pod: Pod, service: Service, zone: string | undefined): Endpoint {
  const { name, namespace = '', uid = '', deletionTimestamp } = pod.metadata;
  const serving = isReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const ready = (serving && !terminating) || service.spec?.publishNotReadyAddresses === true;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready, serving, terminating },
    ...(pod.spec?.nodeName && { nodeName: pod.spec.nodeName }),
    ...(zone && { zone }),
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

function address({ addresses }: Endpoint): string {
  return addresses[0] ?? '';
}
