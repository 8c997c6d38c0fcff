import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const ENDPOINTS = [{ addresses: ['10.1.2.3'] }];

function slice({ admin, namespace }: World, name: string, body: object) {
  const path = inNamespace(namespace, 'endpointslices', 'discovery.k8s.io');
  return admin.post(path, { metadata: { name }, addressType: 'IPv4', ...body });
}

function withAddress(world: World, address: string, addressType = 'IPv4') {
  return slice(world, 'x', { addressType, endpoints: [{ addresses: [address] }] });
}

export const endpointSlices = chapter('EndpointSlices', {
  'a slice keeps its endpoints and ports, with TCP for what says nothing else': async (world) => {
    const endpoints = [{ addresses: ['10.1.2.3'], conditions: { ready: true }, nodeName: 'n' }];
    const { body } = await slice(world, 'one', {
      endpoints,
      ports: [
        { name: 'ssh', port: 22 },
        { port: 80, name: '' },
      ],
    });
    assert.deepEqual(body.endpoints, endpoints);
    assert.deepEqual(body.ports, [
      { name: 'ssh', port: 22, protocol: 'TCP' },
      { name: '', port: 80, protocol: 'TCP' },
    ]);
    assert.equal(body.metadata.generation, 1);
  },
  'lists that a slice has nothing in are null': async (world) => {
    const { body } = await slice(world, 'one', {});
    assert.deepEqual([body.endpoints, body.ports], [null, null]);
  },
  'an endpoint is not at an address of the node itself': async (world) => {
    const field = 'endpoints[0].addresses[0]: Invalid value: ';
    const local = 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
    assertInvalid(await withAddress(world, '127.0.0.1'), `${field}"127.0.0.1": ${local}`);
    assertInvalid(await withAddress(world, '::1', 'IPv6'), `${field}"::1": ${local}`);
    assertInvalid(await withAddress(world, '0.0.0.0'), `${field}"0.0.0.0": may not be unspecified (0.0.0.0)`);
    assertInvalid(
      await withAddress(world, '169.254.1.1'),
      `${field}"169.254.1.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)`,
    );
    assertInvalid(
      await withAddress(world, '224.0.0.1'),
      `${field}"224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)`,
    );
  },
  'an endpoint has addresses of the type of its slice': async (world) => {
    assertInvalid(
      await slice(world, 'x', { endpoints: [{ addresses: [] }] }),
      'endpoints[0].addresses: Required value: must contain at least 1 address',
    );
    assertRefused(await withAddress(world, 'fd00::1'), 422, 'Invalid', /must be an IPv4 address/);
    assertRefused(
      await withAddress(world, 'foo'),
      422,
      'Invalid',
      /endpoints\[0\].addresses\[0\]: Invalid value: "foo": must be a valid/,
    );
  },
  'the type of addresses is told and stays': async (world) => {
    assertInvalid(
      await slice(world, 'x', { addressType: undefined, endpoints: ENDPOINTS }),
      'addressType: Required value',
    );
    assertInvalid(
      await slice(world, 'x', { addressType: 'IP', endpoints: ENDPOINTS }),
      'addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"',
    );
    await slice(world, 'one', { endpoints: ENDPOINTS });
    const path = `${inNamespace(world.namespace, 'endpointslices', 'discovery.k8s.io')}/one`;
    const answer = await world.admin.mergePatch(path, { addressType: 'IPv6', endpoints: [] });
    assertRefused(answer, 422, 'Invalid', /addressType: Invalid value: "IPv6": field is immutable/);
  },
  'ports of a slice have names that are labels, each once': async (world) => {
    const ports = (...list: object[]) => slice(world, 'x', { endpoints: ENDPOINTS, ports: list });
    assertRefused(
      await ports({ name: 'A_b', port: 80 }),
      422,
      'Invalid',
      /ports\[0\].name: Invalid value: "A_b": a lowercase RFC 1123 label/,
    );
    assertInvalid(await ports({ name: 'a', port: 80 }, { name: 'a', port: 81 }), 'ports[1].name: Duplicate value: "a"');
    assertInvalid(
      await ports({ name: 'a', port: 80, protocol: 'tcp' }),
      'ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
    );
    assert.equal((await ports({ name: '10000-ssh', port: 22 })).code, 201);
  },
  'endpoints change, and a change counts in the generation': async (world) => {
    await slice(world, 'one', { endpoints: ENDPOINTS });
    const path = `${inNamespace(world.namespace, 'endpointslices', 'discovery.k8s.io')}/one`;
    const { body } = await world.admin.mergePatch(path, { endpoints: [{ addresses: ['10.1.2.4'] }] });
    assert.deepEqual([body.endpoints[0].addresses, body.metadata.generation], [['10.1.2.4'], 2]);
  },
});
