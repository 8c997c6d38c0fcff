import { isIP } from 'node:net';
import { invalidValue } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { allocate } from './service/allocate.ts';
import { portsOf, serviceErrors } from './service/service-rules.ts';
import { dropWhatTheTypeHasNot } from './service/type-change.ts';

const AFFINITY_SECONDS = 10_800;

export const services: Behaviour = {
  fillDefaults(draft) {
    const spec = specOf(draft);
    draft.spec = spec;
    spec.type ??= 'ClusterIP';
    spec.sessionAffinity ??= 'None';
    if (spec.sessionAffinity === 'ClientIP') {
      spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
    }
    for (const port of portsOf(draft)) {
      port.protocol ??= 'TCP';
      port.targetPort ??= port.port ?? 0;
    }
    if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
    if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') spec.externalTrafficPolicy ??= 'Cluster';
    if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of asArray(asObject(statusOf(draft).loadBalancer).ingress)) {
      if (isObject(ingress) && ingress.ip) ingress.ipMode ??= 'VIP';
    }
  },
  prepareCreate(draft, context) {
    draft.status = { loadBalancer: {} };
    allocate(draft, context);
  },
  prepareUpdate(draft, old, context) {
    const spec = specOf(draft);
    const before = specOf(old);
    if (spec.type !== 'ExternalName' && !spec.clusterIP && before.clusterIP) spec.clusterIP = before.clusterIP;
    keepNodePorts(portsOf(draft), portsOf(old), spec);
    dropWhatTheTypeHasNot(draft, old);
    // What was there before is refused as a change, not as something that can't be had.
    if (!before.clusterIP || !spec.clusterIP || spec.clusterIP === before.clusterIP) allocate(draft, context);
  },
  validate: serviceErrors,
  validateUpdate(object, old) {
    const before = specOf(old).clusterIP;
    const after = specOf(object).clusterIP;
    if (!before || specOf(object).type === 'ExternalName' || before === after) return [];
    return [invalidValue('spec.clusterIPs[0]', [after ?? null], 'may not change once set')];
  },
};

function keepNodePorts(wanted: JsonObject[], before: JsonObject[], { type }: JsonObject): void {
  if (type !== 'NodePort' && type !== 'LoadBalancer') return;
  for (const port of wanted) {
    const same = before.find((other) => other.port === port.port && other.protocol === port.protocol);
    if (!port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
  }
}

/** Of the status: where a load balancer lets clients in. */
export function ingressAddresses(service: StoredObject): string[] {
  const ingress = asArray(asObject(asObject(service.status).loadBalancer).ingress);
  return ingress
    .map((entry) => asString(asObject(entry).ip) || asString(asObject(entry).hostname))
    .filter((address) => address !== '' && (isIP(address) !== 0 || address.length > 0));
}
