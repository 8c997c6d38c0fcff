import { isIP } from 'node:net';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import type { Behaviour, BehaviourContext } from '../registry/resource.ts';
import { portNameErrors } from './names.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;

export const services: Behaviour = {
  fillDefaults(draft) {
    const spec = specOf(draft);
    draft.spec = spec;
    spec.type ??= 'ClusterIP';
    spec.sessionAffinity ??= 'None';
    for (const port of ports(draft)) {
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
    keepNodePorts(ports(draft), ports(old));
    allocate(draft, context);
  },
  validate(object) {
    const spec = specOf(object);
    const errors: FieldError[] = [];
    if (!TYPES.includes(asString(spec.type))) errors.push(notSupported('spec.type', spec.type, TYPES));
    if (spec.type !== 'ExternalName' && spec.clusterIP !== 'None' && ports(object).length === 0) {
      errors.push(required('spec.ports'));
    }
    return [...errors, ...portErrors(ports(object))];
  },
  validateUpdate(object, old) {
    const before = specOf(old).clusterIP;
    const after = specOf(object).clusterIP;
    if (!before || specOf(object).type === 'ExternalName' || before === after) return [];
    return [invalidValue('spec.clusterIPs[0]', [after ?? null], 'may not change once set')];
  },
};

function ports(service: StoredObject): JsonObject[] {
  return asArray(specOf(service).ports).filter((port) => isObject(port));
}

function allocate(draft: StoredObject, context: BehaviourContext): void {
  const spec = specOf(draft);
  if (spec.type === 'ExternalName') return;
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  const others = context.store
    .collection('services')
    .list()
    .filter((other) => other.metadata.uid !== draft.metadata.uid);
  if (!spec.clusterIP) spec.clusterIP = freeAddress(new Set(others.map((other) => asString(specOf(other).clusterIP))));
  spec.clusterIPs = [spec.clusterIP];
  if (spec.type === 'ClusterIP' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false))
    return;
  const taken = new Set([...others.flatMap(ports), ...ports(draft)].map((port) => port.nodePort));
  for (const port of ports(draft)) {
    if (port.nodePort) continue;
    for (let candidate = FIRST_NODE_PORT; candidate <= LAST_NODE_PORT; candidate++) {
      if (taken.has(candidate)) continue;
      port.nodePort = candidate;
      taken.add(candidate);
      break;
    }
  }
}

/** The first free address of 10.96.0.0/16; .0.1 belongs to the API server itself. */
function freeAddress(taken: ReadonlySet<string>): string {
  for (let number = 2; number < 65_535; number++) {
    const address = `10.96.${number >> 8}.${number & 255}`;
    if (!taken.has(address)) return address;
  }
  return '';
}

function keepNodePorts(wanted: JsonObject[], before: JsonObject[]): void {
  for (const port of wanted) {
    const same = before.find((other) => other.port === port.port && other.protocol === port.protocol);
    if (!port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
  }
}

function portErrors(list: JsonObject[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const numbers = new Set<string>();
  list.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    const name = asString(port.name);
    if (name === '' && list.length > 1) errors.push(required(`${path}.name`));
    if (name !== '' && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
      errors.push(invalidValue(`${path}.name`, name, LABEL_RULE));
    }
    if (name !== '' && names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (!isPort(port.port))
      errors.push(invalidValue(`${path}.port`, port.port, 'must be between 1 and 65535, inclusive'));
    if (!PROTOCOLS.includes(asString(port.protocol)))
      errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
    errors.push(...targetErrors(port.targetPort, `${path}.targetPort`));
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) errors.push(duplicate(path, asGoPrintsIt(port)));
    numbers.add(number);
  });
  return errors;
}

const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

function asGoPrintsIt({ port, protocol }: JsonObject): JsonObject {
  return { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

function targetErrors(target: unknown, path: string): FieldError[] {
  if (typeof target === 'number' && !isPort(target)) {
    return [invalidValue(path, target, 'must be between 1 and 65535, inclusive')];
  }
  return typeof target === 'string' ? portNameErrors(target, path) : [];
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

/** Of the status: where a load balancer lets clients in. */
export function ingressAddresses(service: StoredObject): string[] {
  const ingress = asArray(asObject(asObject(service.status).loadBalancer).ingress);
  return ingress
    .map((entry) => asString(asObject(entry).ip) || asString(asObject(entry).hostname))
    .filter((address) => address !== '' && (isIP(address) !== 0 || address.length > 0));
}
