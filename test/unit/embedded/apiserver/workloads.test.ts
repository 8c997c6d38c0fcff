import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { forbidden } from '../../../../src/embedded/apiserver/base/status-error.ts';
import type { Admission } from '../../../../src/embedded/apiserver/handlers/context.ts';
import { Api, CONFIG_MAPS, configMap } from './api-fixture.ts';

const PODS = '/api/v1/namespaces/default/pods';
const SERVICES = '/api/v1/namespaces/default/services';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

function pod(name: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'x:1' }], ...spec },
  };
}

function service(name: string, spec: object = {}): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } };
}

function slice(address: string): object {
  const endpoints = [{ addresses: [address] }];
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { generateName: 's-' },
    addressType: 'IPv4',
    endpoints,
  };
}

const labelsPods: Admission = ({ operation, resource, object, user }) => {
  if (operation === 'DELETE' && object.metadata.name === 'protected') {
    throw forbidden({ group: resource.group, resource: resource.plural, name: 'protected' }, 'it is protected');
  }
  if (operation !== 'CREATE' || resource.kind !== 'Pod') return undefined;
  return { ...object, metadata: { ...object.metadata, labels: { creator: user.name } } };
};

describe('pods, services and endpoint slices', () => {
  let api: Api;
  before(async () => {
    const podLogs = async (namespace: string, name: string, options: object) =>
      Readable.from([`${namespace}/${name} ${JSON.stringify(options)}\n`]);
    api = await Api.start({ admission: [labelsPods], podLogs });
  });
  after(() => api.close());

  test('a pod is given what it leaves open', async () => {
    const { body } = await api.post(PODS, pod('defaults'));
    assert.deepEqual(
      [
        body.spec.restartPolicy,
        body.spec.serviceAccountName,
        body.spec.containers[0]?.imagePullPolicy,
        body.status.phase,
      ],
      ['Always', 'default', 'IfNotPresent', 'Pending'],
    );
  });

  test('a binding puts a pod on a node, once', async () => {
    await api.post(PODS, pod('bound'));
    const bind = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'bound' },
      target: { kind: 'Node', name: 'n1' },
    };
    assert.equal((await api.post(`${PODS}/bound/binding`, bind)).code, 201);
    assert.equal((await api.get(`${PODS}?fieldSelector=spec.nodeName=n1`)).body.items.length, 1);
    assert.equal((await api.post(`${PODS}/bound/binding`, bind)).code, 409);
  });

  test('a pod on a node ends when the node says so, another at once', async () => {
    await api.post(PODS, pod('running', { nodeName: 'n1' }));
    const { body } = await api.delete(`${PODS}/running?gracePeriodSeconds=7`);
    assert.equal(body.metadata.deletionGracePeriodSeconds, 7);
    assert.equal((await api.get(`${PODS}/running`)).code, 200);
    await api.delete(`${PODS}/running`, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
    assert.equal((await api.get(`${PODS}/running`)).code, 404);
    await api.post(PODS, pod('waiting'));
    await api.delete(`${PODS}/waiting`);
    assert.equal((await api.get(`${PODS}/waiting`)).code, 404);
  });

  test('most of a pod spec is fixed', async () => {
    await api.post(PODS, pod('fixed'));
    const { code, body } = await api.patch(`${PODS}/fixed`, 'merge', { spec: { restartPolicy: 'Never' } });
    assert.equal(code, 422);
    assert.match(body.message, /spec: Forbidden: pod updates may not change fields other than/);
  });

  test('logs come from whoever runs the pod', async () => {
    await api.post(PODS, pod('talking'));
    const { text } = await api.get(`${PODS}/talking/log?container=c&tailLines=5`);
    assert.equal(text, 'default/talking {"container":"c","follow":false,"tailLines":5}\n');
  });

  test('a Service is given an address of its own, which stays', async () => {
    const [one, two] = [await api.post(SERVICES, service('one')), await api.post(SERVICES, service('two'))];
    assert.match(one.body.spec.clusterIP, /^10\.96\.\d+\.\d+$/);
    assert.notEqual(one.body.spec.clusterIP, two.body.spec.clusterIP);
    const updated = await api.put(`${SERVICES}/one`, service('one', { ports: [{ port: 81 }] }));
    assert.equal(updated.body.spec.clusterIP, one.body.spec.clusterIP);
    const moved = await api.patch(`${SERVICES}/one`, 'merge', { spec: { clusterIP: '10.96.9.9' } });
    assert.match(moved.body.message, /may not change once set/);
  });

  test('the ports of a Service need names that differ', async () => {
    const { code, body } = await api.post(SERVICES, service('ports', { ports: [{ port: 1 }, { port: 2 }] }));
    assert.equal(code, 422);
    assert.match(body.message, /\[spec.ports\[0\].name: Required value, spec.ports\[1\].name: Required value\]/);
  });

  test('endpoint slices take cluster addresses only', async () => {
    assert.equal((await api.post(SLICES, slice('10.244.1.2'))).code, 201);
    const refused = {
      '127.0.0.1': 'loopback',
      '169.254.1.1': 'link-local',
      '224.0.0.5': 'multicast',
      '0.0.0.0': 'unspecified',
    };
    for (const [address, why] of Object.entries(refused)) {
      const { code, body } = await api.post(SLICES, slice(address));
      assert.equal(code, 422);
      assert.ok(body.message.includes(why), body.message);
    }
  });

  test('admission hooks change and refuse', async () => {
    const { body } = await api.post(PODS, pod('admitted'));
    assert.equal(body.metadata.labels.creator as unknown, 'kubernetes-admin');
    await api.post(CONFIG_MAPS, configMap('protected'));
    const refused = await api.delete(`${CONFIG_MAPS}/protected`);
    assert.deepEqual(
      [refused.code, refused.body.message],
      [403, 'configmaps "protected" is forbidden: it is protected'],
    );
  });
});
