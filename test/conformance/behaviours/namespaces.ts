import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

export const namespaces = chapter('namespaces', {
  'a namespace is active, labelled with its name and kept by its spec': async ({ admin, namespace }) => {
    const { body } = await admin.get(`/api/v1/namespaces/${namespace}`);
    assert.deepEqual(body.metadata.labels, { 'kubernetes.io/metadata.name': namespace });
    assert.deepEqual([body.spec, body.status], [{ finalizers: ['kubernetes'] }, { phase: 'Active' }]);
  },
  'the label with its name stays on a namespace': async ({ admin, namespace }) => {
    const labels = { 'kubernetes.io/metadata.name': null, team: 'a' };
    const { body } = await admin.mergePatch(`/api/v1/namespaces/${namespace}`, { metadata: { labels } });
    assert.deepEqual(body.metadata.labels, { 'kubernetes.io/metadata.name': namespace, team: 'a' });
  },
  'a namespace has a name that is a label': async ({ admin }) => {
    const answer = await admin.post('/api/v1/namespaces', { metadata: { name: 'a.b' } });
    assertRefused(
      answer,
      422,
      'Invalid',
      'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
    );
  },
  'a namespace has a default account again when it is deleted': async ({ admin, namespace, eventually }) => {
    const path = `${inNamespace(namespace, 'serviceaccounts')}/default`;
    const { uid } = (await admin.get(path)).body.metadata;
    await admin.delete(path);
    await eventually(async () => {
      const { code, body } = await admin.get(path);
      assert.equal(code, 200);
      assert.notEqual(body.metadata.uid, uid);
    });
  },
  'a namespace has the certificates of the API server, deleted or changed': async ({
    admin,
    namespace,
    eventually,
  }) => {
    const path = `${inNamespace(namespace, 'configmaps')}/kube-root-ca.crt`;
    const isThere = () =>
      eventually(async () =>
        assert.match((await admin.get(path)).body.data?.['ca.crt'] ?? '', /^-----BEGIN CERTIFICATE-----/),
      );
    await isThere();
    await admin.mergePatch(path, { data: { 'ca.crt': 'other' } });
    await isThere();
    await admin.delete(path);
    await isThere();
  },
  'in a namespace that is going, nothing is made': async ({ admin, namespace, cleanUp }) => {
    const path = inNamespace(namespace, 'configmaps');
    await admin.post(path, { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    cleanUp(() => admin.mergePatch(`${path}/held`, { metadata: { finalizers: null } }));
    const { code, body } = await admin.delete(`/api/v1/namespaces/${namespace}`);
    assert.deepEqual([code, body.kind, body.status.phase], [200, 'Namespace', 'Terminating']);
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const refused = await admin.post(path, { metadata: { name: 'late' } });
    assertRefused(refused, 403, 'Forbidden', `configmaps "late" is forbidden: ${why}`);
    assert.deepEqual(refused.body.details.causes, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
    const generated = await admin.post(path, { metadata: { generateName: 'late-' } });
    assertRefused(generated, 403, 'Forbidden', `configmaps "late-" is forbidden: ${why}`);
  },
  'a namespace tells what holds its deletion up': async ({ admin, namespace, cleanUp, eventually }) => {
    const path = inNamespace(namespace, 'configmaps');
    await admin.post(path, { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    cleanUp(() => admin.mergePatch(`${path}/held`, { metadata: { finalizers: null } }));
    await admin.delete(`/api/v1/namespaces/${namespace}`);
    await eventually(async () => {
      const { conditions = [] } = (await admin.get(`/api/v1/namespaces/${namespace}`)).body.status;
      const told = (type: string) => conditions.find((one: Json) => one.type === type) ?? {};
      const content = told('NamespaceContentRemaining');
      const finalizers = told('NamespaceFinalizersRemaining');
      assert.deepEqual([content.status, content.reason], ['True', 'SomeResourcesRemain']);
      assert.equal(content.message, 'Some resources are remaining: configmaps. has 1 resource instances');
      assert.deepEqual([finalizers.status, finalizers.reason], ['True', 'SomeFinalizersRemain']);
      assert.equal(
        finalizers.message,
        'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
      );
    });
  },
  'a namespace goes with all that is in it': async ({ admin, namespace, eventually }) => {
    await admin.post(inNamespace(namespace, 'secrets'), { metadata: { name: 'one' } });
    await admin.post(inNamespace(namespace, 'leases', 'coordination.k8s.io'), { metadata: { name: 'one' } });
    await admin.delete(`/api/v1/namespaces/${namespace}`);
    await eventually(async () => assert.equal((await admin.get(`/api/v1/namespaces/${namespace}`)).code, 404));
    assert.equal((await admin.get(`${inNamespace(namespace, 'secrets')}/one`)).code, 404);
    const answer = await admin.post(inNamespace(namespace, 'secrets'), { metadata: { name: 'late' } });
    assertRefused(answer, 404, 'NotFound', `namespaces "${namespace}" not found`);
  },
  'reading in a namespace that is not there finds nothing': async ({ admin, namespace }) => {
    const { code, body } = await admin.get(inNamespace(`no-${namespace}`, 'configmaps'));
    assert.deepEqual([code, body.items], [200, []]);
  },
  'an object does not name another namespace than its URL': async ({ admin, namespace }) => {
    const body = { metadata: { name: 'x', namespace: 'default' } };
    const why = 'the namespace of the provided object does not match the namespace sent on the request';
    assertRefused(await admin.post(inNamespace(namespace, 'configmaps'), body), 400, 'BadRequest', why);
  },
  'namespaces are deleted one by one': async ({ admin }) => {
    const answer = await admin.delete('/api/v1/namespaces?labelSelector=no%3Dsuch');
    assertRefused(answer, 405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  },
  'a level of pod security that is none is refused': async ({ admin, namespace }) => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'strict' };
    assertInvalid(
      await admin.mergePatch(`/api/v1/namespaces/${namespace}`, { metadata: { labels } }),
      'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted',
    );
  },
});
