/** What the client makes of a real server's answers, and the server of its requests. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isConflict, isForbidden, isInvalid, isMissing, isNotFound, KubeError } from '../../../src/kube/errors.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { ConfigMap, Lease, Pod, ServiceAccount } from '../../../src/kube/resources.ts';
import { createTransport, type Transport } from '../../../src/kube/transport.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { type Connected, kubeconfigOf, onEachServer } from './subjects.ts';

const configMap = (namespace: string, name: string, value = 'one'): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name },
  data: { value },
});

async function refusal(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof KubeError, String(error));
  return error;
}

/** A transport of another user, closed when `use` is over. */
async function as<R>({ subject }: Connected, user: object, use: (transport: Transport) => Promise<R>): Promise<R> {
  const config = loadKubeConfig({ kubeconfig: kubeconfigOf(subject, user) });
  const transport = createTransport(config, { clock: systemClock });
  try {
    return await use(transport);
  } finally {
    await transport.close();
  }
}

onEachServer('client', (connected) => {
  test('a replace of an old version is a Conflict that names the object; of the read version it is done', async () => {
    const { client, namespace } = connected();
    const name = { namespace, name: 'replaced' };
    const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: name, spec: {} };
    const first = await client.create(Lease, lease);
    const second = await client.replace(Lease, { ...first, spec: { holderIdentity: 'a' } });
    assert.equal(second.spec?.holderIdentity, 'a');
    const error = await refusal(client.replace(Lease, { ...first, spec: { holderIdentity: 'b' } }));
    assert.ok(isConflict(error));
    assert.deepEqual([error.code, error.reason, error.details?.name], [409, 'Conflict', 'replaced']);
    assert.equal((await client.get(Lease, name))?.spec?.holderIdentity, 'a');
  });

  test('a refused object tells the field that is at fault', async () => {
    const { client, namespace } = connected();
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'wrong' },
      spec: { containers: [{ name: 'one', image: 'a' }], restartPolicy: 'Sometimes' },
    };
    const error = await refusal(client.create(Pod, pod));
    assert.ok(isInvalid(error));
    assert.deepEqual(
      error.causes.map(({ field, reason }) => `${field} ${reason}`),
      ['spec.restartPolicy FieldValueNotSupported'],
    );
    assert.deepEqual(error.details, { name: 'wrong', kind: 'Pod' });
  });

  test('get and delete of what is missing; of an unknown type they throw', async () => {
    const { client, namespace } = connected();
    const nobody = { namespace, name: 'nobody' };
    assert.equal(await client.get(ConfigMap, nobody), undefined);
    assert.equal(await client.delete(ConfigMap, nobody), false);
    const elsewhere = { namespace: `${namespace}-not`, name: 'nobody' };
    assert.equal(await client.get(ConfigMap, elsewhere), undefined);
    for (const unknown of [
      { ...ConfigMap, plural: 'unknowns' },
      { ...ConfigMap, group: 'unknown.example', plural: 'unknowns' },
    ]) {
      for (const call of [() => client.get(unknown, nobody), () => client.delete(unknown, nobody)]) {
        const error = await refusal(call());
        assert.ok(isNotFound(error) && !isMissing(error, 'nobody'), error.message);
      }
    }
  });

  test('a create in a namespace that is missing is NotFound, and about the namespace', async () => {
    const { client, namespace } = connected();
    const error = await refusal(client.create(ConfigMap, configMap(`${namespace}-not`, 'a')));
    assert.ok(isNotFound(error) && !isMissing(error, 'a'));
    assert.equal(error.details?.name, `${namespace}-not`);
  });

  test('a delete with the uid of another is a conflict, and deletes nothing', async () => {
    const { client, namespace } = connected();
    const created = await client.create(ConfigMap, configMap(namespace, 'kept'));
    assert.ok(isConflict(await refusal(client.delete(ConfigMap, created.metadata, { uid: 'another' }))));
    assert.equal(await client.delete(ConfigMap, created.metadata, { uid: created.metadata.uid ?? '' }), true);
  });

  test('a dry run answers as if it were done, and stores nothing', async () => {
    const { client, namespace } = connected();
    const name = { namespace, name: 'dry' };
    const owner = { fieldManager: 'kube-test', force: true };
    await client.create(ConfigMap, configMap(namespace, 'dry'), { dryRun: true });
    assert.equal(await client.get(ConfigMap, name), undefined);
    const stored = await client.apply(ConfigMap, configMap(namespace, 'dry'), owner);
    const applied = await client.apply(ConfigMap, configMap(namespace, 'dry', 'two'), { ...owner, dryRun: true });
    const patched = await client.mergePatch(ConfigMap, name, { data: { value: 'three' } }, { dryRun: true });
    const replaced = await client.replace(ConfigMap, { ...stored, data: { value: 'four' } }, { dryRun: true });
    assert.deepEqual(
      [applied.data, patched.data, replaced.data],
      [{ value: 'two' }, { value: 'three' }, { value: 'four' }],
    );
    await client.delete(ConfigMap, name, { dryRun: true });
    const after = await client.get(ConfigMap, name);
    assert.deepEqual(
      [after?.data, after?.metadata.resourceVersion],
      [{ value: 'one' }, stored.metadata.resourceVersion],
    );
  });

  test('a token that is refused once is asked for again, and the create goes through', async (t) => {
    const { client, namespace, subject } = connected();
    const folder = mkdtempSync(join(tmpdir(), 'kube-plugin-'));
    t.after(() => rmSync(folder, { recursive: true }));
    // The first run gives a token that nobody has, as if it had expired; the next ones the right one.
    const path = join(folder, 'plugin');
    const credential = (token: string) => JSON.stringify({ kind: 'ExecCredential', status: { token } });
    writeFileSync(`${path}.expired`, credential('expired'));
    writeFileSync(`${path}.good`, credential(subject.adminToken), { mode: 0o600 });
    const script = '#!/bin/sh\ncat "$0.expired" 2>/dev/null && rm "$0.expired" || cat "$0.good"\n';
    writeFileSync(path, script, { mode: 0o755 });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: path };
    const codes: string[] = [];
    const metrics = { answered: ({ code }: { code: string }) => void codes.push(code), throttled: () => {} };
    const config = loadKubeConfig({ kubeconfig: kubeconfigOf(subject, { exec }) });
    const transport = createTransport(config, { clock: systemClock, metrics });
    t.after(() => transport.close());
    await createKubeClient(transport).create(ConfigMap, configMap(namespace, 'twice'));
    assert.deepEqual(codes, ['401', '201']);
    assert.ok(await client.get(ConfigMap, { namespace, name: 'twice' }));
  });

  test('a token that stays refused is Unauthorized; one without rights is Forbidden', async () => {
    const { client, namespace } = connected();
    const wrong = await as(connected(), { token: 'wrong' }, (transport) =>
      refusal(transport.call({ method: 'GET', path: '/api/v1/namespaces' })),
    );
    assert.deepEqual([wrong.code, wrong.reason], [401, 'Unauthorized']);
    const account = { namespace, name: 'stranger' };
    await client.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } };
    const { status } = await client.createSubresource<{ status: { token: string } }>(
      ServiceAccount,
      account,
      'token',
      request,
    );
    await as(connected(), { token: status.token }, async (transport) => {
      const error = await refusal(createKubeClient(transport).get(ConfigMap, { namespace, name: 'a' }));
      assert.ok(isForbidden(error));
    });
  });

  test('a write that the gate refuses leaves no trace', async () => {
    const { client, namespace, subject } = connected();
    const deposed = new Error('not the leader any more');
    const config = loadKubeConfig({ kubeconfig: kubeconfigOf(subject, { token: subject.adminToken }) });
    const beforeWrite = (): void => {
      throw deposed;
    };
    const transport = createTransport(config, { clock: systemClock, beforeWrite });
    try {
      const fenced = createKubeClient(transport);
      await assert.rejects(fenced.create(ConfigMap, configMap(namespace, 'fenced')), (error) => error === deposed);
      assert.equal(await fenced.get(ConfigMap, { namespace, name: 'fenced' }), undefined);
    } finally {
      await transport.close();
    }
    assert.equal(await client.get(ConfigMap, { namespace, name: 'fenced' }), undefined);
  });
});
