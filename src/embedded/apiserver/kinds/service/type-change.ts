/** What a Service loses with its type, where the update itself does not speak of it. */
import { equal, type JsonObject } from '../../base/json.ts';
import { type StoredObject, specOf } from '../../base/kube-object.ts';
import { portsOf } from './service-rules.ts';

const OF_A_CLUSTER_ADDRESS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'];

/** Changes the draft. */
export function dropWhatTheTypeHasNot(draft: StoredObject, old: StoredObject): void {
  const spec = specOf(draft);
  const before = specOf(old);
  if (spec.type === before.type) return;
  const dropUnchanged = (field: string) => {
    if (equal(spec[field], before[field])) delete spec[field];
  };
  const isOpen = (type: JsonObject[string]) => type === 'NodePort' || type === 'LoadBalancer';
  if (isOpen(before.type) && !isOpen(spec.type)) {
    dropUnchanged('externalTrafficPolicy');
    const known = new Set(portsOf(old).map(({ nodePort }) => nodePort));
    for (const port of portsOf(draft)) if (known.has(port.nodePort)) delete port.nodePort;
  }
  if (before.type === 'LoadBalancer') {
    for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass', 'healthCheckNodePort']) {
      dropUnchanged(field);
    }
    draft.status = { loadBalancer: {} };
  }
  if (spec.type === 'ExternalName') OF_A_CLUSTER_ADDRESS.forEach(dropUnchanged);
}
