import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerEnvironment, expand } from '../../../../src/embedded/node/pods/environment.ts';
import type { Pod } from '../../../../src/kube/resources.ts';

const sources = {
  pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod', namespace: 'lab', uid: 'u', labels: { app: 'x' } },
    spec: { nodeName: 'node', containers: [] },
  } satisfies Pod,
  addresses: { pod: '10.244.1.1', host: '10.244.0.1' },
  objects: {
    secret: (name: string) =>
      name === 'secret'
        ? {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name },
            data: { key: Buffer.from('hidden').toString('base64') },
          }
        : undefined,
    configMap: (name: string) =>
      name === 'map'
        ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1', b: '2' } }
        : undefined,
  },
};

test('variables come from values, fields, Secrets and ConfigMaps', () => {
  const fieldRef = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  const env = [
    { name: 'PLAIN', value: 'x' },
    { name: 'NAMESPACE', ...fieldRef('metadata.namespace') },
    { name: 'NODE', ...fieldRef('spec.nodeName') },
    { name: 'IP', ...fieldRef('status.podIP') },
    { name: 'LABEL', ...fieldRef("metadata.labels['app']") },
    { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'secret', key: 'key' } } },
    { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'map', key: 'none', optional: true } } },
    { name: 'URL', value: 'http://$(IP)/$$(IP)/$(UNKNOWN)' },
  ];
  const envFrom = [{ prefix: 'MAP_', configMapRef: { name: 'map' } }];
  assert.deepEqual(containerEnvironment({ name: 'c', env, envFrom }, sources), {
    MAP_a: '1',
    MAP_b: '2',
    PLAIN: 'x',
    NAMESPACE: 'lab',
    NODE: 'node',
    IP: '10.244.1.1',
    LABEL: 'x',
    SECRET: 'hidden',
    URL: 'http://10.244.1.1/$(IP)/$(UNKNOWN)',
  });
});

test('what a Secret holds is never taken for a reference', () => {
  assert.equal(expand('$(A)', { A: '$(B)', B: 'no' }), '$(B)');
});

test('a missing object or key is named, the key of a Secret never with its value', () => {
  const from = (valueFrom: object) => () =>
    containerEnvironment({ name: 'c', env: [{ name: 'X', valueFrom }] }, sources);
  assert.throws(from({ secretKeyRef: { name: 'none', key: 'key' } }), /secret "none" not found/);
  assert.throws(from({ secretKeyRef: { name: 'secret', key: 'none' } }), /key none in secret "secret"/);
});
