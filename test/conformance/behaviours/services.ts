import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid } from '../refused.ts';

const PORTS = [{ port: 80 }];

function service({ admin, namespace }: World, name: string, spec: object) {
  return admin.post(inNamespace(namespace, 'services'), { metadata: { name }, spec });
}

/** With nobody who looks after it. */
const BALANCED = {
  type: 'LoadBalancer',
  ports: PORTS,
  allocateLoadBalancerNodePorts: false,
  loadBalancerClass: 'conformance.example/none',
};

export const services = chapter('Services', {
  'a Service is given an address and what else it does not say': async (world) => {
    const { code, body } = await service(world, 'one', { ports: PORTS, selector: { app: 'x' } });
    const { clusterIP, clusterIPs, ...rest } = body.spec;
    assert.equal(code, 201);
    assert.match(clusterIP, /^10\.96\.\d+\.\d+$/);
    assert.deepEqual(clusterIPs, [clusterIP]);
    assert.deepEqual(rest, {
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      selector: { app: 'x' },
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    });
    assert.deepEqual(body.status, { loadBalancer: {} });
  },
  'a Service without an address keeps none': async (world) => {
    const { body } = await service(world, 'one', { clusterIP: 'None', selector: { app: 'x' } });
    assert.deepEqual([body.spec.clusterIP, body.spec.clusterIPs, body.spec.ports], ['None', ['None'], undefined]);
  },
  'an address is one of those for Services that is free': async (world) => {
    const { body } = await service(world, 'one', { ports: PORTS });
    const { clusterIP } = body.spec;
    const ask = (address: string) => service(world, 'two', { clusterIP: address, ports: PORTS });
    const field = 'spec.clusterIPs: Invalid value: ';
    assertInvalid(
      await ask(clusterIP),
      `${field}["${clusterIP}"]: failed to allocate IP ${clusterIP}: provided IP is already allocated`,
    );
    assertInvalid(
      await ask('1.2.3.4'),
      `${field}["1.2.3.4"]: failed to allocate IP 1.2.3.4: the provided network does not match the current range`,
    );
    assertInvalid(
      await ask('foo'),
      'spec.clusterIPs[0]: Invalid value: "foo": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    );
  },
  'the address of a Service stays, even where an update leaves it out': async (world) => {
    const { body } = await service(world, 'one', { ports: PORTS });
    const path = `${inNamespace(world.namespace, 'services')}/one`;
    const other = { clusterIP: '10.96.200.200', clusterIPs: ['10.96.200.200'] };
    assertInvalid(
      await world.admin.mergePatch(path, { spec: other }),
      'spec.clusterIPs[0]: Invalid value: ["10.96.200.200"]: may not change once set',
    );
    const without = await world.admin.mergePatch(path, { spec: { clusterIP: null, clusterIPs: null } });
    assert.equal(without.body.spec.clusterIP, body.spec.clusterIP);
  },
  'ports have names where there are several, and each name and number once': async (world) => {
    const ports = (...list: object[]) => service(world, 'one', { ports: list });
    assertInvalid(
      await ports({ port: 80 }, { port: 81 }),
      'spec.ports[0].name: Required value',
      'spec.ports[1].name: Required value',
    );
    assertInvalid(
      await ports({ name: 'a', port: 80 }, { name: 'a', port: 81 }),
      'spec.ports[1].name: Duplicate value: "a"',
    );
    assertInvalid(
      await ports({ name: 'a', port: 80 }, { name: 'b', port: 80 }),
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    );
    assert.equal((await ports({ name: 'a', port: 80 }, { name: 'b', port: 80, protocol: 'UDP' })).code, 201);
  },
  'ports are numbers that there are, and lead to numbers or names of ports': async (world) => {
    const port = (port: object) => service(world, 'one', { ports: [port] });
    assertInvalid(
      await port({ port: 70_000, targetPort: 80 }),
      'spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
    );
    assertInvalid(
      await port({ port: 80, targetPort: 'this-name-is-far-too-long' }),
      'spec.ports[0].targetPort: Invalid value: "this-name-is-far-too-long": must be no more than 15 characters',
    );
    assertInvalid(
      await port({ port: 80, protocol: 'HTTP' }),
      'spec.ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"',
    );
    assert.equal((await port({ port: 80, targetPort: 'web' })).body.spec.ports[0].targetPort, 'web');
    assertInvalid(await service(world, 'two', {}), 'spec.ports: Required value');
  },
  'a node port is given, or taken where it is free': async (world) => {
    const given = await service(world, 'given', { type: 'NodePort', ports: PORTS });
    const { nodePort } = given.body.spec.ports[0];
    assert.ok(nodePort >= 30_000 && nodePort <= 32_767);
    assert.equal(given.body.spec.externalTrafficPolicy, 'Cluster');
    const ask = (port: number, type = 'NodePort') =>
      service(world, 'asked', { type, ports: [{ port: 80, nodePort: port }] });
    const field = 'spec.ports[0].nodePort: ';
    assertInvalid(await ask(nodePort), `${field}Invalid value: ${nodePort}: provided port is already allocated`);
    assertInvalid(
      await ask(80),
      `${field}Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767`,
    );
    assertInvalid(await ask(nodePort, 'ClusterIP'), `${field}Forbidden: may not be used when \`type\` is 'ClusterIP'`);
  },
  'a Service that changes its type loses what was for the old one': async (world) => {
    const { body } = await service(world, 'one', { ports: PORTS });
    const path = `${inNamespace(world.namespace, 'services')}/one`;
    const open = await world.admin.mergePatch(path, { spec: { type: 'NodePort' } });
    assert.ok(open.body.spec.ports[0].nodePort);
    const closed = await world.admin.mergePatch(path, { spec: { type: 'ClusterIP' } });
    assert.deepEqual(closed.body.spec, body.spec);
    const named = await world.admin.mergePatch(path, { spec: { type: 'ExternalName', externalName: 'a.example.com' } });
    assert.deepEqual(named.body.spec, {
      type: 'ExternalName',
      externalName: 'a.example.com',
      sessionAffinity: 'None',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
    });
  },
  'an external Service has a name': async (world) => {
    assertInvalid(await service(world, 'one', { type: 'ExternalName' }), 'spec.externalName: Required value');
  },
  'a load balancer has node ports unless it wants none': async (world) => {
    const { body } = await service(world, 'one', { ...BALANCED, allocateLoadBalancerNodePorts: undefined });
    assert.ok(body.spec.ports[0].nodePort);
    assert.equal(body.spec.allocateLoadBalancerNodePorts, true);
    const without = await service(world, 'two', BALANCED);
    assert.equal(without.body.spec.ports[0].nodePort, undefined);
  },
  'a load balancer that keeps traffic local has a port for its health': async (world) => {
    const { body } = await service(world, 'one', { ...BALANCED, externalTrafficPolicy: 'Local' });
    assert.ok(body.spec.healthCheckNodePort >= 30_000);
    assertInvalid(
      await service(world, 'two', { ports: PORTS, externalTrafficPolicy: 'Local' }),
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    );
  },
  'where a load balancer lets clients in is told in its status': async (world) => {
    await service(world, 'one', BALANCED);
    await service(world, 'two', { ports: PORTS });
    const path = inNamespace(world.namespace, 'services');
    const tell = (name: string, ip: string) =>
      world.admin.mergePatch(`${path}/${name}/status`, { status: { loadBalancer: { ingress: [{ ip }] } } });
    assert.deepEqual((await tell('one', '192.0.2.1')).body.status.loadBalancer.ingress, [
      { ip: '192.0.2.1', ipMode: 'VIP' },
    ]);
    assertInvalid(
      await tell('one', 'nope'),
      'status.loadBalancer.ingress[0].ip: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    );
    assertInvalid(
      await tell('two', '192.0.2.1'),
      "status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'",
    );
  },
  'sources of clients are networks': async (world) => {
    assertInvalid(
      await service(world, 'one', { ...BALANCED, loadBalancerSourceRanges: ['10.0.0.0/8', 'x'] }),
      'spec.LoadBalancerSourceRanges[1]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    );
  },
  'affinity to a client lasts three hours unless told otherwise': async (world) => {
    const { body } = await service(world, 'one', { ports: PORTS, sessionAffinity: 'ClientIP' });
    assert.deepEqual(body.spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10_800 } });
  },
});
