import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid } from '../refused.ts';

function networkPolicy({ admin, namespace }: World, spec: object) {
  return admin.post(inNamespace(namespace, 'networkpolicies', 'networking.k8s.io'), {
    metadata: { generateName: 'p-' },
    spec,
  });
}

function budget({ admin, namespace }: World, spec: object) {
  return admin.post(inNamespace(namespace, 'poddisruptionbudgets', 'policy'), {
    metadata: { generateName: 'b-' },
    spec,
  });
}

function from(peer: object) {
  return { podSelector: {}, ingress: [{ from: [peer] }] };
}

const FIRST_PEER = 'spec.ingress[0].from[0]';

export const policies = chapter('NetworkPolicies and PodDisruptionBudgets', {
  'a NetworkPolicy is about what comes in, and about what goes out where it says so': async (world) => {
    const types = async (spec: object) => (await networkPolicy(world, spec)).body.spec.policyTypes;
    assert.deepEqual(await types({ podSelector: {} }), ['Ingress']);
    assert.deepEqual(await types({ podSelector: {}, egress: [{}] }), ['Ingress', 'Egress']);
    assert.deepEqual(await types({ podSelector: {}, policyTypes: ['Egress'] }), ['Egress']);
  },
  'ports of a NetworkPolicy are of TCP unless they say otherwise': async (world) => {
    const ports = [{ port: 80 }, { protocol: 'UDP', port: 'dns' }, { port: 1000, endPort: 2000 }];
    const { body } = await networkPolicy(world, { podSelector: {}, ingress: [{ ports }] });
    assert.deepEqual(body.spec.ingress[0].ports, [
      { port: 80, protocol: 'TCP' },
      { protocol: 'UDP', port: 'dns' },
      { port: 1000, endPort: 2000, protocol: 'TCP' },
    ]);
  },
  'networks of a NetworkPolicy are networks, and exceptions are parts of them': async (world) => {
    const block = (cidr: string, except?: string[]) =>
      networkPolicy(world, from({ ipBlock: { cidr, ...(except && { except }) } }));
    const field = `${FIRST_PEER}.ipBlock`;
    assertInvalid(
      await block('10.0.0.0/8x'),
      `${field}.cidr: Invalid value: "10.0.0.0/8x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`,
    );
    assertInvalid(
      await block('10.0.0.1/8'),
      `${field}.cidr: Invalid value: "10.0.0.1/8": must not have bits set beyond the prefix length`,
    );
    assertInvalid(
      await block('10.0.0.0/16', ['11.0.0.0/24']),
      `${field}.except[0]: Invalid value: "11.0.0.0/24": must be a strict subset of \`cidr\``,
    );
    assert.equal((await block('0.0.0.0/0', ['10.0.0.0/8', '169.254.0.0/16'])).code, 201);
  },
  'a peer of a NetworkPolicy is a network or pods': async (world) => {
    const both = from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} });
    assertInvalid(
      await networkPolicy(world, both),
      `${FIRST_PEER}: Forbidden: may not specify both ipBlock and another peer`,
    );
    assertInvalid(await networkPolicy(world, from({})), `${FIRST_PEER}: Required value: must specify a peer`);
    assert.equal((await networkPolicy(world, from({ podSelector: {}, namespaceSelector: {} }))).code, 201);
  },
  'what a NetworkPolicy says of ports and types must make sense': async (world) => {
    const port = (port: object) => networkPolicy(world, { podSelector: {}, ingress: [{ ports: [port] }] });
    const field = 'spec.ingress[0].ports[0]';
    assertInvalid(await port({ port: 0 }), `${field}.port: Invalid value: 0: must be between 1 and 65535, inclusive`);
    assertInvalid(
      await port({ port: 100, endPort: 50 }),
      `${field}.endPort: Invalid value: 100: must be greater than or equal to \`port\``,
    );
    assertInvalid(
      await port({ port: 1, protocol: 'x' }),
      `${field}.protocol: Unsupported value: "x": supported values: "TCP", "UDP", "SCTP"`,
    );
    assertInvalid(
      await networkPolicy(world, { podSelector: {}, policyTypes: ['Foo'] }),
      'spec.policyTypes[0]: Unsupported value: "Foo": supported values: "Ingress", "Egress"',
    );
    assertInvalid(
      await networkPolicy(world, { podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
      "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    );
  },
  'a budget says how many pods there must be, or how many may be missing': async (world) => {
    const { body } = await budget(world, { maxUnavailable: '50%', selector: { matchLabels: { a: 'b' } } });
    assert.equal(body.spec.maxUnavailable, '50%');
    const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = body.status;
    assert.deepEqual([currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods], [0, 0, 0, 0]);
    assertInvalid(
      await budget(world, { minAvailable: 1, maxUnavailable: 1 }),
      'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    );
  },
  'a budget counts pods, or shares of them': async (world) => {
    assertInvalid(
      await budget(world, { minAvailable: -1 }),
      'spec.minAvailable: Invalid value: -1: must be greater than or equal to 0',
    );
    assertInvalid(
      await budget(world, { maxUnavailable: 'x' }),
      "spec.maxUnavailable: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    );
    assertInvalid(
      await budget(world, { minAvailable: '120%' }),
      'spec.minAvailable: Invalid value: "120%": must not be greater than 100%',
    );
    assertInvalid(
      await budget(world, { minAvailable: 1, unhealthyPodEvictionPolicy: 'Foo' }),
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Foo": supported values: "AlwaysAllow", "IfHealthyBudget"',
    );
  },
});
