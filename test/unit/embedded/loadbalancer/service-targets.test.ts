import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isServed, serviceTargets } from '../../../../src/embedded/loadbalancer/service-targets.ts';
import type { EndpointSlice, Service } from '../../../../src/kube/resources.ts';

test('each port leads to the ready endpoints of the slices that have its name, whoever manages them', () => {
  const slices = [
    slice('anweddol', 6150, [
      { addresses: ['10.244.1.1'] },
      { addresses: ['10.244.1.2'], conditions: { ready: false } },
    ]),
    slice('ssh-10000', 22, [{ addresses: ['10.244.1.9'], conditions: { ready: true } }]),
  ];
  assert.deepEqual(
    [...serviceTargets(service(), slices)],
    [
      [6150, [{ address: '10.244.1.1', port: 6150 }]],
      [10_000, [{ address: '10.244.1.9', port: 22 }]],
      [10_001, []],
    ],
  );
});

test('an endpoint that ends takes no new connections', () => {
  const ending = [{ addresses: ['10.244.1.1'], conditions: { ready: true, terminating: true } }];
  assert.deepEqual(serviceTargets(service(), [slice('anweddol', 6150, ending)]).get(6150), []);
});

test('only Services that ask for a load balancer, and for no other one, are served', () => {
  assert.equal(isServed(service()), true);
  const withSpec = (spec: object) => isServed({ ...service(), spec: { ...service().spec, ...spec } });
  assert.equal(withSpec({ type: 'ClusterIP' }), false);
  assert.equal(withSpec({ loadBalancerClass: 'example.org/other' }), false);
});

function service(): Service {
  const ports = [6150, 10_000, 10_001].map((port) => ({ name: port === 6150 ? 'anweddol' : `ssh-${port}`, port }));
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'lab' }, spec: { type: 'LoadBalancer', ports } };
}

function slice(name: string, port: number, endpoints: NonNullable<EndpointSlice['endpoints']>): EndpointSlice {
  const metadata = { name: `lab-${name}` };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata,
    addressType: 'IPv4',
    ports: [{ name, port }],
    endpoints,
  };
}
