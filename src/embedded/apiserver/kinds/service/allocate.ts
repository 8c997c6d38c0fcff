/** Addresses and node ports: given to Services that ask for any, checked where they ask for certain ones. */
import { BlockList, isIPv4 } from 'node:net';
import { type FieldError, invalidValue } from '../../base/field-error.ts';
import { asString } from '../../base/json.ts';
import { type StoredObject, specOf } from '../../base/kube-object.ts';
import { invalid } from '../../base/status-error.ts';
import type { BehaviourContext } from '../../registry/resource.ts';
import { portsOf } from './service-rules.ts';

const NETWORK = '10.96.0.0';
const PREFIX = 16;
const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;
/** The ports below are given away last, so that they are there for those who ask for certain ones. */
const FIRST_DYNAMIC_PORT = 30_086;

/** Changes the draft. @throws KubeStatusError 422 for an address or port that is taken, or out of range */
export function allocate(draft: StoredObject, context: BehaviourContext): void {
  const spec = specOf(draft);
  if (spec.type === 'ExternalName') return;
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  const others = context.store
    .collection('services')
    .list()
    .filter((other) => other.metadata.uid !== draft.metadata.uid);
  const taken = new Set(others.map((other) => asString(specOf(other).clusterIP)));
  const errors = addressErrors(asString(spec.clusterIP), taken);
  if (!spec.clusterIP) spec.clusterIP = freeAddress(taken);
  spec.clusterIPs = [spec.clusterIP];
  const isOpen = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (isOpen) errors.push(...allocateNodePorts(draft, others));
  if (errors.length > 0) throw invalid({ group: '', resource: 'Service', name: draft.metadata.name }, errors);
}

function addressErrors(address: string, taken: ReadonlySet<string>): FieldError[] {
  if (address === '' || address === 'None' || !isIPv4(address)) return [];
  const range = new BlockList();
  range.addSubnet(NETWORK, PREFIX, 'ipv4');
  const refuse = (why: string) => [
    invalidValue('spec.clusterIPs', [address], `failed to allocate IP ${address}: ${why}`),
  ];
  if (!range.check(address)) return refuse('the provided network does not match the current range');
  return taken.has(address) ? refuse('provided IP is already allocated') : [];
}

/** The first free address; the very first belongs to the API server itself. */
function freeAddress(taken: ReadonlySet<string>): string {
  for (let number = 2; number < 65_535; number++) {
    const address = `10.96.${number >> 8}.${number & 255}`;
    if (!taken.has(address)) return address;
  }
  return '';
}

function allocateNodePorts(draft: StoredObject, others: StoredObject[]): FieldError[] {
  const spec = specOf(draft);
  const usedBy = (service: StoredObject) => [
    ...portsOf(service).map(({ nodePort }) => nodePort),
    specOf(service).healthCheckNodePort,
  ];
  const foreign = new Set(others.flatMap(usedBy));
  const taken = new Set([...foreign, ...usedBy(draft)]);
  const free = () => {
    let candidate = FIRST_DYNAMIC_PORT;
    while (taken.has(candidate) && candidate !== FIRST_DYNAMIC_PORT - 1) {
      candidate = candidate === LAST_NODE_PORT ? FIRST_NODE_PORT : candidate + 1;
    }
    taken.add(candidate);
    return candidate;
  };
  const errors = portsOf(draft).flatMap((port, index) => {
    if (port.nodePort) return nodePortErrors(Number(port.nodePort), `spec.ports[${index}].nodePort`, foreign);
    if (spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false) port.nodePort = free();
    return [];
  });
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') spec.healthCheckNodePort ??= free();
  return errors;
}

function nodePortErrors(port: number, path: string, foreign: ReadonlySet<unknown>): FieldError[] {
  if (port < FIRST_NODE_PORT || port > LAST_NODE_PORT) {
    const range = `The range of valid ports is ${FIRST_NODE_PORT}-${LAST_NODE_PORT}`;
    return [invalidValue(path, port, `provided port is not in the valid range. ${range}`)];
  }
  return foreign.has(port) ? [invalidValue(path, port, 'provided port is already allocated')] : [];
}
