import { BlockList, isIP } from 'node:net';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject } from '../base/json.ts';
import type { Behaviour } from '../registry/resource.ts';
import { nameProblems } from './names.ts';

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 100;

export const endpointSlices: Behaviour = {
  fillDefaults(draft) {
    for (const port of asArray(draft.ports)) {
      if (!isObject(port)) continue;
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
    // Go writes lists without elements so.
    if (asArray(draft.endpoints).length === 0) draft.endpoints = null;
    for (const endpoint of asArray(draft.endpoints)) if (isObject(endpoint)) endpoint.conditions ??= {};
    if (asArray(draft.ports).length === 0) draft.ports = null;
  },
  validate(object, old) {
    const type = asString((old ?? object).addressType);
    const errors: FieldError[] = [];
    if (type === '') errors.push(required('addressType'));
    else if (!TYPES.includes(type)) errors.push(notSupported('addressType', type, TYPES));
    const endpoints = asArray(object.endpoints);
    if (endpoints.length > MAX_ENDPOINTS) errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
    endpoints.forEach((endpoint, index) => {
      const addresses = asArray(asObject(endpoint).addresses);
      const hostname = asString(asObject(endpoint).hostname);
      if (hostname !== '') {
        const field = `endpoints[${index}].hostname`;
        errors.push(...nameProblems(hostname, 'label').map((problem) => invalidValue(field, hostname, problem)));
      }
      const path = `endpoints[${index}].addresses`;
      if (addresses.length === 0) errors.push(required(path, 'must contain at least 1 address'));
      for (const [each, address] of addresses.entries()) {
        if (TYPES.includes(type)) errors.push(...addressErrors(asString(address), type, `${path}[${each}]`));
      }
    });
    const ports = asArray(object.ports);
    if (ports.length > MAX_PORTS) errors.push(tooMany('ports', ports.length, MAX_PORTS));
    return [...errors, ...portErrors(ports.map(asObject))];
  },
  validateUpdate: (object, old) =>
    object.addressType === old.addressType
      ? []
      : [invalidValue('addressType', object.addressType, 'field is immutable')],
};

function addressErrors(address: string, type: string, path: string): FieldError[] {
  if (type === 'FQDN') return [];
  if (isIP(address) === 0) {
    return [invalidValue(path, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  }
  const errors: FieldError[] = [];
  if (`IPv${isIP(address)}` !== type) {
    errors.push(invalidValue(path.replace(/\[\d+\]$/, ''), address, `must be an ${type} address`));
  }
  const problem = specialUse(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return problem ? [...errors, invalidValue(path, address, problem)] : errors;
}

/** Addresses that would let one aim a Service at the node itself. */
function specialUse(address: string, family: 'ipv4' | 'ipv6'): string | undefined {
  if (address === '0.0.0.0' || address === '::') return `may not be unspecified (${address})`;
  if (isIn(address, family, ['127.0.0.0', 8], ['::1', 128]))
    return 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
  if (isIn(address, family, ['169.254.0.0', 16], ['fe80::', 10])) {
    return 'may not be in the link-local range (169.254.0.0/16, fe80::/10)';
  }
  if (isIn(address, family, ['224.0.0.0', 24], ['ff02::', 16])) {
    return 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)';
  }
  return undefined;
}

function isIn(address: string, family: 'ipv4' | 'ipv6', v4: [string, number], v6: [string, number]): boolean {
  const list = new BlockList();
  const [network, prefix] = family === 'ipv4' ? v4 : v6;
  list.addSubnet(network, prefix, family);
  return list.check(address, family);
}

function portErrors(ports: Record<string, unknown>[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach((port, index) => {
    const name = typeof port.name === 'string' ? port.name : '';
    if (names.has(name)) errors.push(duplicate(`ports[${index}].name`, name));
    names.add(name);
    if (name !== '' && !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
      errors.push(...nameProblems(name, 'label').map((problem) => invalidValue(`ports[${index}].name`, name, problem)));
    }
    if (!PROTOCOLS.includes(String(port.protocol))) {
      errors.push(notSupported(`ports[${index}].protocol`, port.protocol, PROTOCOLS));
    }
  });
  return errors;
}

function tooMany(field: string, value: number, most: number): FieldError {
  return { type: 'FieldValueTooMany', field, value, detail: `must have at most ${most} items` };
}
