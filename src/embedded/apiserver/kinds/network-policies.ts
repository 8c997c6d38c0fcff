import { BlockList, isIP } from 'node:net';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asObjects, asString, isObject, type JsonObject } from '../base/json.ts';
import { specOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';
import { isCidr } from '../schema/formats.ts';
import { portNameErrors } from './names.ts';
import { selectorErrors } from './selectors.ts';

const TYPES = ['Ingress', 'Egress'];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

export const networkPolicies: Behaviour = {
  fillDefaults(draft) {
    const spec = specOf(draft);
    draft.spec = spec;
    spec.podSelector ??= {};
    for (const rule of [...asObjects(spec.ingress), ...asObjects(spec.egress)]) {
      for (const port of asObjects(rule.ports)) port.protocol ??= 'TCP';
    }
    spec.policyTypes ??= asArray(spec.egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate(object) {
    const spec = specOf(object);
    return [
      ...selectorErrors(asObject(spec.podSelector), 'spec.podSelector'),
      ...directionErrors(spec.ingress, 'spec.ingress', 'from'),
      ...directionErrors(spec.egress, 'spec.egress', 'to'),
      ...asArray(spec.policyTypes).flatMap((type, index) =>
        TYPES.includes(asString(type)) ? [] : [notSupported(`spec.policyTypes[${index}]`, type, TYPES)],
      ),
    ];
  },
};

function directionErrors(rules: JsonObject[string], path: string, peers: 'from' | 'to'): FieldError[] {
  return asObjects(rules).flatMap((rule, index) => [
    ...asObjects(rule.ports).flatMap((port, number) => portErrors(port, `${path}[${index}].ports[${number}]`)),
    ...asObjects(rule[peers]).flatMap((peer, number) => peerErrors(peer, `${path}[${index}].${peers}[${number}]`)),
  ]);
}

function portErrors({ port, endPort, protocol }: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!PROTOCOLS.includes(asString(protocol))) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  if (typeof port === 'string') errors.push(...portNameErrors(port, `${path}.port`));
  if (typeof port === 'number' && (port < 1 || port > 65_535)) {
    errors.push(invalidValue(`${path}.port`, port, 'must be between 1 and 65535, inclusive'));
  }
  if (typeof endPort === 'number' && typeof port === 'number' && endPort < port) {
    // It is the port that the API server shows.
    errors.push(invalidValue(`${path}.endPort`, port, 'must be greater than or equal to `port`'));
  }
  return errors;
}

function peerErrors({ ipBlock, podSelector, namespaceSelector }: JsonObject, path: string): FieldError[] {
  if (isObject(ipBlock) && (podSelector || namespaceSelector)) {
    return [forbiddenField(path, 'may not specify both ipBlock and another peer')];
  }
  if (!isObject(ipBlock)) {
    if (!podSelector && !namespaceSelector) return [required(path, 'must specify a peer')];
    return [
      ...selectorErrors(asObject(podSelector), `${path}.podSelector`),
      ...selectorErrors(asObject(namespaceSelector), `${path}.namespaceSelector`),
    ];
  }
  const cidr = asString(ipBlock.cidr);
  return [
    ...cidrErrors(cidr, `${path}.ipBlock.cidr`),
    ...asArray(ipBlock.except).flatMap((each, number) => {
      const at = `${path}.ipBlock.except[${number}]`;
      const errors = cidrErrors(asString(each), at);
      if (errors.length > 0 || !isCidr(cidr) || isWithin(asString(each), cidr)) return errors;
      return [invalidValue(at, each, 'must be a strict subset of `cidr`')];
    }),
  ];
}

function cidrErrors(value: string, path: string): FieldError[] {
  if (!isCidr(value)) {
    return [invalidValue(path, value, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
  }
  if (hasHostBits(value)) return [invalidValue(path, value, 'must not have bits set beyond the prefix length')];
  return [];
}

function hasHostBits(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  if (isIP(address) !== 4) return false;
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number % 2 ** (32 - Number(bits)) !== 0;
}

function isWithin(inner: string, outer: string): boolean {
  const [address = '', bits = ''] = outer.split('/');
  const [innerAddress = '', innerBits = ''] = inner.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(innerAddress, isIP(innerAddress) === 6 ? 'ipv6' : 'ipv4') && Number(innerBits) > Number(bits);
}
