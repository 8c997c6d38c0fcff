import { isIP } from 'node:net';
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
} from '../../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../../base/json.ts';
import { type StoredObject, specOf, statusOf } from '../../base/kube-object.ts';
import { isCidr } from '../../schema/formats.ts';
import { nameProblems, portNameErrors } from '../names.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const NO_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function serviceErrors(object: StoredObject): FieldError[] {
  const spec = specOf(object);
  const type = asString(spec.type);
  const ports = portsOf(object);
  const isOpen = type === 'LoadBalancer' || type === 'NodePort' || asArray(spec.externalIPs).length > 0;
  const errors: FieldError[] = [];
  if (!TYPES.includes(type)) errors.push(notSupported('spec.type', spec.type, TYPES));
  if (type !== 'ExternalName' && spec.clusterIP !== 'None' && ports.length === 0) errors.push(required('spec.ports'));
  if (type === 'ExternalName' && !spec.externalName) errors.push(required('spec.externalName'));
  const address = asString(spec.clusterIP);
  if (address !== '' && address !== 'None' && isIP(address) === 0) {
    errors.push(invalidValue('spec.clusterIPs[0]', address, NO_ADDRESS));
  }
  asArray(spec.loadBalancerSourceRanges).forEach((range, index) => {
    if (isCidr(asString(range))) return;
    const rule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    errors.push(invalidValue(`spec.LoadBalancerSourceRanges[${index}]`, range, rule));
  });
  if (spec.externalTrafficPolicy && !isOpen) {
    const rule = 'may only be set for externally-accessible services';
    errors.push(invalidValue('spec.externalTrafficPolicy', spec.externalTrafficPolicy, rule));
  }
  return [...errors, ...portErrors(ports, type), ...ingressErrors(object)];
}

export function portsOf(service: StoredObject): JsonObject[] {
  return asArray(specOf(service).ports).filter((port) => isObject(port));
}

function ingressErrors(object: StoredObject): FieldError[] {
  const ingress = asArray(asObject(statusOf(object).loadBalancer).ingress).map(asObject);
  if (ingress.length > 0 && specOf(object).type !== 'LoadBalancer') {
    const rule = "may only be used when `spec.type` is 'LoadBalancer'";
    return [forbiddenField('status.loadBalancer.ingress', rule)];
  }
  return ingress.flatMap(({ ip }, index) =>
    ip && isIP(asString(ip)) === 0 ? [invalidValue(`status.loadBalancer.ingress[${index}].ip`, ip, NO_ADDRESS)] : [],
  );
}

function portErrors(list: JsonObject[], type: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const numbers = new Set<string>();
  list.forEach((port, index) => {
    const path = `spec.ports[${index}]`;
    const name = asString(port.name);
    if (name === '' && list.length > 1) errors.push(required(`${path}.name`));
    if (name !== '') errors.push(...nameProblems(name, 'label').map((why) => invalidValue(`${path}.name`, name, why)));
    if (name !== '' && names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    if (!isPort(port.port)) errors.push(notAPort(`${path}.port`, port.port));
    if (!PROTOCOLS.includes(asString(port.protocol))) {
      errors.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
    }
    errors.push(...targetErrors(port.targetPort, `${path}.targetPort`));
    if (port.nodePort && type === 'ClusterIP') {
      errors.push(forbiddenField(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) errors.push(duplicate(path, asGoPrintsIt(port)));
    numbers.add(number);
  });
  return errors;
}

function asGoPrintsIt({ port, protocol }: JsonObject): JsonObject {
  return { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

function targetErrors(target: unknown, path: string): FieldError[] {
  if (typeof target === 'number' && !isPort(target)) return [notAPort(path, target)];
  return typeof target === 'string' ? portNameErrors(target, path) : [];
}

function notAPort(path: string, value: unknown): FieldError {
  return invalidValue(path, value, 'must be between 1 and 65535, inclusive');
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
