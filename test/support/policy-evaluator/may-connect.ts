/**
 * Who may talk to whom under NetworkPolicies, as Kubernetes describes it:
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { BlockList, isIPv6 } from 'node:net';
import { selects } from './selects.ts';
import type { End, Peer, PolicyPod, PolicyPort, PolicyWorld, Rule, Spec } from './world.ts';

export interface Connection {
  from: End;
  to: End;
  port: number;
  /** Default: TCP. */
  protocol?: string;
}

/** What leaves the one must be allowed to leave, and what comes to the other to come. */
export function mayConnect(world: PolicyWorld, { from, to, port, protocol = 'TCP' }: Connection): boolean {
  return (
    isOpen(world, 'Egress', { subject: from, other: to, target: to, port, protocol }) &&
    isOpen(world, 'Ingress', { subject: to, other: from, target: to, port, protocol })
  );
}

interface Question {
  /** Whose policies are asked. */
  subject: End;
  other: End;
  /** Where the port is. */
  target: End;
  port: number;
  protocol: string;
}

function isOpen(world: PolicyWorld, direction: 'Ingress' | 'Egress', question: Question): boolean {
  const { subject } = question;
  if (typeof subject === 'string') return true;
  const policies = world.policies.filter(({ metadata, spec }) => {
    const selected = metadata.namespace === subject.namespace && selects(spec?.podSelector ?? {}, subject.labels);
    return selected && spec !== undefined && typesOf(spec).includes(direction);
  });
  if (policies.length === 0) return true;
  return policies.some(({ metadata, spec }) => {
    const rules: Rule[] = (direction === 'Ingress' ? spec?.ingress : spec?.egress) ?? [];
    return rules.some((rule) => allows(world, rule, metadata.namespace ?? '', question));
  });
}

/** A policy that doesn't say is about what comes in, and about what goes out where it has a rule for that. */
function typesOf({ policyTypes, egress = [] }: Spec): string[] {
  return policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
}

function allows(world: PolicyWorld, rule: Rule, namespace: string, question: Question): boolean {
  const peers: Peer[] = ('from' in rule ? rule.from : 'to' in rule ? rule.to : undefined) ?? [];
  const { ports = [] } = rule;
  return (
    (peers.length === 0 || peers.some((peer) => isPeer(world, peer, namespace, question.other))) &&
    (ports.length === 0 || ports.some((port) => isPort(port, question)))
  );
}

function isPeer(
  { namespaces }: PolicyWorld,
  { ipBlock, namespaceSelector, podSelector }: Peer,
  own: string,
  end: End,
): boolean {
  if (ipBlock) {
    const ip = typeof end === 'string' ? end : end.ip;
    return contains(ipBlock.cidr, ip) && !(ipBlock.except ?? []).some((except) => contains(except, ip));
  }
  if (typeof end === 'string') return false;
  const namespace = namespaces.find(({ name }) => name === end.namespace);
  const inNamespace = namespaceSelector
    ? namespace !== undefined && selects(namespaceSelector, labelsOf(namespace))
    : end.namespace === own;
  return inNamespace && selects(podSelector ?? {}, end.labels);
}

/** Kubernetes gives every namespace its name as a label. */
function labelsOf({ name, labels }: { name: string; labels?: Record<string, string> }): Record<string, string> {
  return { ...labels, 'kubernetes.io/metadata.name': name };
}

function isPort({ port, endPort, protocol = 'TCP' }: PolicyPort, question: Question): boolean {
  if (protocol !== question.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return namedPort(question.target, port, protocol) === question.port;
  return question.port >= Number(port) && question.port <= (endPort ?? Number(port));
}

function namedPort(target: End, name: string, protocol: string): number | undefined {
  const ports: PolicyPod['ports'] = typeof target === 'string' ? [] : target.ports;
  return ports?.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.port;
}

function contains(cidr: string, ip: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  if (isIPv6(address) !== isIPv6(ip)) return false;
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
  const network = new BlockList();
  network.addSubnet(address, Number(bits), family);
  return network.check(ip, family);
}
