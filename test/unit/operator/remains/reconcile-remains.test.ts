import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { LABEL_SERVER } from '../../../../src/api/names.ts';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { KubeError } from '../../../../src/kube/errors.ts';
import { Pod, Secret, Service, ServiceAccount } from '../../../../src/kube/resources.ts';
import { serviceAccount } from '../../../../src/operator/desired/server-pod-rights.ts';
import { service } from '../../../../src/operator/desired/service.ts';
import { keySecret } from '../../../../src/operator/keys/key-secret.ts';
import { sampleMachine } from '../../../support/sample-machine.ts';
import { type Change, lostServer, ownerless, RemainsGround, unchanged } from './remains-ground.ts';

let ground: RemainsGround;
before(async () => {
  ground = await RemainsGround.start();
});
after(() => ground[Symbol.asyncDispose]());

/** Servers of a test have names of their own, so that none meets what another has left. */
let count = 100;
let server = lostServer();
beforeEach(() => {
  count += 1;
  server = lostServer(`lab${count}`);
  ground.caches.servers.replace([]);
  ground.caches.machines.replace([]);
});

const left = async () => (await ground.names()).filter((name) => name.includes(` ${server.metadata.name}`));

for (const [how, change] of [
  ['names an owner that is gone', unchanged],
  ['has lost its owner', ownerless],
] as const) {
  test(`all that a server has left behind goes where it ${how}`, async () => {
    await ground.make(server, change);
    await ground.makeAddOns(server, change);
    assert.equal((await left()).length, 16);
    await ground.clear(server);
    assert.deepEqual(await left(), []);
  });
}

test('without CDI and cert-manager the rest goes all the same', async () => {
  await using bare = await RemainsGround.start({ addOns: false });
  await bare.make(server);
  await bare.clear(server);
  assert.deepEqual(await bare.names(), []);
});

test('nothing goes of a server that there is, though no cache has it yet', async () => {
  await ground.make(server, ownerless);
  const { apiVersion, kind, metadata, spec } = server;
  const { name, namespace = '' } = metadata;
  await ground.kube.create(AnweddolServer, { apiVersion, kind, metadata: { name, namespace }, spec });
  const before = await left();
  await ground.clear(server);
  assert.deepEqual(await left(), before);
});

test('what a server made anew has taken over since it was seen stays', async () => {
  await ground.put(Service, service(server), ownerless);
  await ground.put(ServiceAccount, serviceAccount(server));
  await ground.see();
  await ground.put(Service, service({ ...server, metadata: { ...server.metadata, uid: 'made-anew' } }));
  assert.deepEqual(await ground.look(server), { again: true, afterMs: 1_000 });
  assert.deepEqual(await left(), [`Service ${server.metadata.name}`]);
});

test('nothing goes of a server that is made just when this has been looked for', async () => {
  await ground.put(Service, service(server), ownerless);
  const anew = { ...server, metadata: { ...server.metadata, uid: 'made-anew' } };
  const first = `${server.metadata.name}-key`;
  const key = keySecret(anew, { privatePem: 'private', publicPem: 'public' });
  const get: KubeClient['get'] = async (resource, ...rest) => {
    const found = await ground.kube.get(resource, ...rest);
    if (resource.kind === AnweddolServer.kind)
      await ground.put(Secret, { ...key, metadata: { ...key.metadata, name: first } });
    return found;
  };
  await ground.see();
  await ground.look(server, { ...ground.kube, get });
  assert.deepEqual(await left(), [`Secret ${first}`]);
});

const theirs = { apiVersion: 'example.com/v1', kind: 'AnweddolServer', name: 'theirs', uid: 'theirs' };
const strange: [string, Change][] = [
  ['without the label of the operator', relabelled('app.kubernetes.io/managed-by', 'somebody')],
  ['without the label of a server', relabelled('anweddol.io/server', undefined)],
  ['of another server', relabelled('anweddol.io/server', 'other')],
  ['that somebody else owns', owned({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'theirs', uid: 'theirs' })],
  ['that something else of the name of its server owns', ofItsName({ apiVersion: 'apps/v1', kind: 'Deployment' })],
  ['that a server of somebody else’s kind owns', ofItsName({ ...theirs })],
  ['that somebody else owns as well', (object) => owned(theirs, ...(object.metadata.ownerReferences ?? []))(object)],
  ['whose owner is a server of another name', owned({ ...theirs, apiVersion: 'anweddol.io/v1alpha1' })],
];

for (const [what, change] of strange) {
  test(`an object ${what} stays`, async () => {
    await ground.make(server, change);
    await ground.makeAddOns(server, change);
    // Something of the server itself, so that there is a reason to look.
    const { apiVersion, kind, metadata } = serviceAccount(server);
    const own = { apiVersion, kind, metadata: { ...metadata, name: `${server.metadata.name}-own` } };
    await ground.put(ServiceAccount, own);
    const before = await left();
    await ground.see();
    await ground.look(server);
    assert.deepEqual(
      await left(),
      before.filter((name) => !name.endsWith('-own')),
    );
  });
}

test('an object that carries our labels, and that the operator has never applied, stays', async () => {
  const { name, namespace, labels } = service(server).metadata;
  const metadata = { name: `${name}-mine`, ...(namespace && { namespace }), ...(labels && { labels }) };
  await ground.kube.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const opaque = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { ...metadata, name: `${name}-key` } };
  await ground.kube.create(Secret, opaque);
  await ground.put(Service, service(server));
  await ground.clear(server);
  assert.deepEqual(await left(), [`Secret ${name}-key`, `ServiceAccount ${name}-mine`]);
});

test('while something runs, its policies stay', async () => {
  await ground.make(server, ownerless);
  const { name, namespace = '' } = server.metadata;
  const { labels = {} } = service(server).metadata;
  const metadata = { name: `${name}-pod`, namespace, labels: { ...labels } };
  const containers = [{ name: 'compute', image: 'compute:1' }];
  const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'vmi', uid: 'vmi' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, ownerReferences: [owner] },
    spec: { containers },
  };
  await ground.kube.create(Pod, pod);
  const policies = [`NetworkPolicy ${name}-containers`, `NetworkPolicy ${name}-server`];
  await ground.see();
  assert.equal((await ground.look(server)).again, true);
  assert.deepEqual(await left(), [...policies, `Pod ${name}-pod`]);
  await ground.kube.delete(Pod, metadata, { gracePeriodSeconds: 0 });
  const machine = sampleMachine();
  const { namespace: _, ...ofMachine } = machine.metadata;
  ground.caches.machines.replace([
    { ...machine, metadata: { ...ofMachine, namespace, labels: { ...ofMachine.labels, ...labels } } },
  ]);
  await ground.see();
  assert.equal((await ground.look(server)).again, true);
  assert.deepEqual(await left(), policies);
  ground.caches.machines.replace([]);
  await ground.clear(server);
  assert.deepEqual(await left(), []);
});

test('what can not be removed keeps nothing else from going, and is tried again', async () => {
  await ground.make(server);
  const refusal = new KubeError({ code: 403, reason: 'Forbidden', message: 'not this one' });
  const kube = {
    ...ground.kube,
    delete: async (...[resource, ...rest]: Parameters<typeof ground.kube.delete>) => {
      if (resource.kind === 'Role') throw refusal;
      return ground.kube.delete(resource, ...rest);
    },
  };
  await ground.see();
  await assert.rejects(ground.look(server, kube), refusal);
  const { name } = server.metadata;
  const policies = [`NetworkPolicy ${name}-containers`, `NetworkPolicy ${name}-server`];
  assert.deepEqual(await left(), [...policies, `Role ${name}-server`]);
  await ground.clear(server);
  assert.deepEqual(await left(), []);
});

test('a crash at any of the deletions leaves nothing that the next look does not find', async () => {
  const crash = new Error('the process is gone');
  for (let survived = 0; ; survived += 1) {
    await ground.make(server, ownerless);
    await ground.makeAddOns(server, ownerless);
    let deletions = 0;
    const kube = {
      ...ground.kube,
      delete: async (...call: Parameters<typeof ground.kube.delete>) => {
        if (deletions >= survived) throw crash;
        deletions += 1;
        return ground.kube.delete(...call);
      },
    };
    await ground.see();
    const end = await ground.look(server, kube).catch((error: unknown) => error);
    await ground.clear(server);
    assert.deepEqual(await left(), [], `after ${survived} deletions`);
    if (end !== crash) break;
  }
});

test('a server that has left nothing costs no request', async () => {
  await ground.see();
  const get = () => Promise.reject(new Error('nobody asks'));
  assert.deepEqual(await ground.look(lostServer('nothing'), { ...ground.kube, get }), { again: false });
});

function relabelled(label: string, value: string | undefined): Change {
  return (object) => {
    const { [label]: _, ...labels } = object.metadata.labels ?? {};
    return { ...object, metadata: { ...object.metadata, labels: { ...labels, ...(value && { [label]: value }) } } };
  };
}

function owned(...ownerReferences: (typeof theirs)[]): Change {
  return (object) => ({ ...object, metadata: { ...object.metadata, ownerReferences } });
}

function ofItsName(owner: { apiVersion: string; kind: string }): Change {
  return (object) => owned({ ...owner, name: object.metadata.labels?.[LABEL_SERVER] ?? '', uid: 'theirs' })(object);
}
