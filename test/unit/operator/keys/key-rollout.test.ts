import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { LABEL_SERVER } from '../../../../src/api/names.ts';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import { type KubeObject, keyOf, type Resource } from '../../../../src/kube/objects.ts';
import { ConfigMap, Deployment, Event, Pod, Secret } from '../../../../src/kube/resources.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { startOperatorHarness } from '../../../support/operator-harness.ts';

const soon = () => AbortSignal.timeout(30_000);
const lab = { namespace: 'default', name: 'lab' };
const base = {
  iso: { image: 'iso:1' },
  tls: { enabled: true },
  web: { enabled: true },
  replicas: 2,
};
const keys = { bits: 2048 };
const lines: string[] = [];
let operator: Awaited<ReturnType<typeof startOperatorHarness>>;

before(async () => {
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  operator = await startOperatorHarness(systemClock, log);
});
after(() => operator[Symbol.asyncDispose]());

async function applyLab(spec: object): Promise<void> {
  const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata: lab, spec };
  await operator.kube.apply(AnweddolServer, manifest as unknown as AnweddolServer, {
    fieldManager: 'test',
    force: true,
  });
}

/** What a node does with the check of the ISO. */
async function isoCheckEnds(): Promise<void> {
  const pod = await operator.caches.pods.waitFor((store) => store.list()[0], soon());
  const terminated = { exitCode: 0, message: 'ab'.repeat(32), finishedAt: new Date().toISOString() };
  const containerStatuses = [
    { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 },
  ];
  const status = { phase: 'Succeeded', containerStatuses };
  await operator.kube.mergePatch(Pod, pod.metadata, { status }, { subresource: 'status' });
}

const mounted = (deployment: Deployment | undefined, volume: string) =>
  deployment?.spec?.template.spec?.volumes?.find(({ name }) => name === volume)?.secret?.secretName;

/** What the cluster's controllers do when the template changes: other pods, and a status. */
async function rollOut(generation: string): Promise<void> {
  const deployment = await operator.kube.get(Deployment, { ...lab, name: 'lab-server' });
  assert.ok(deployment?.spec);
  const { replicas = 0, template } = deployment.spec;
  const old = operator.caches.pods.list().filter(({ metadata }) => metadata.name.startsWith('lab-server'));
  for (let index = 0; index < replicas; index += 1) {
    const labels = { ...template.metadata?.labels, [LABEL_SERVER]: 'lab' };
    const annotations = template.metadata?.annotations ?? {};
    const metadata = { ...lab, name: `lab-server-${generation}-${index}`, labels, annotations };
    assert.ok(template.spec);
    await operator.kube.create(Pod, { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec });
  }
  for (const { metadata } of old) await operator.kube.delete(Pod, metadata, { gracePeriodSeconds: 0 });
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
  };
  await operator.kube.mergePatch(Deployment, deployment.metadata, { status }, { subresource: 'status' });
}

const server = <T>(look: (found: AnweddolServer) => T | undefined) =>
  operator.caches.servers.waitFor((store) => {
    const found = store.get(keyOf(lab));
    return found && look(found);
  }, soon());
const secrets = async () => (await operator.kube.list(Secret, { namespace: 'default' })).items;
const names = async () => (await secrets()).map(({ metadata }) => metadata.name).sort();

test('a key is rotated through a whole rollout, with both fingerprints told until every pod has the new one', async () => {
  await applyLab({ ...base, keys });
  await isoCheckEnds();
  const first = await operator.caches.deployments.waitFor((store) => store.get('default/lab-server'), soon());
  assert.deepEqual(
    ['key', 'tls', 'web-tls'].map((volume) => mounted(first, volume)),
    ['lab-key', 'lab-tls', 'lab-web-tls'],
  );
  await rollOut('a');
  const known = await server(({ status }) => (status?.publicKey?.sha256 ? status.publicKey : undefined));
  assert.deepEqual(Object.keys(known), ['sha256', 'secretName']);

  await applyLab({ ...base, keys: { ...keys, rotation: 1 } });
  await operator.caches.deployments.waitFor(
    (store) => mounted(store.get('default/lab-server'), 'key') === 'lab-key-1' || undefined,
    soon(),
  );
  const during = await server(({ status }) => (status?.publicKey?.previousSha256 ? status.publicKey : undefined));
  assert.deepEqual([during.previousSha256, during.previousSecretName], [known.sha256, 'lab-key']);
  assert.notEqual(during.sha256, known.sha256);
  await server(({ status }) => status?.conditions?.find(({ reason }) => reason === 'KeyRotating'));
  assert.deepEqual(await names(), ['lab-key', 'lab-key-1', 'lab-tls', 'lab-web-tls']);

  await rollOut('b');
  const after = await server(({ status }) => (status?.publicKey?.previousSha256 ? undefined : status?.publicKey));
  assert.deepEqual(after, { sha256: during.sha256, secretName: 'lab-key-1' });
  assert.deepEqual(await names(), ['lab-key-1', 'lab-tls', 'lab-web-tls']);
});

test('no Secret is written again when nothing differs', async () => {
  const earlier = await secrets();
  await applyLab({ ...base, keys: { ...keys, rotation: 1 }, replicas: 3 });
  await server(({ metadata, status }) => status?.observedGeneration === metadata.generation || undefined);
  assert.deepEqual(await secrets(), earlier);
});

test('no private key is in what can be read without the right to read Secrets, nor in the log', async () => {
  const { kube } = operator;
  const listed = <T extends KubeObject>(resource: Resource<T>) => kube.list(resource, { namespace: 'default' });
  const told = await Promise.all([
    listed(AnweddolServer),
    listed(ConfigMap),
    listed(Deployment),
    listed(Event),
    listed(Pod),
  ]);
  const text = JSON.stringify([...lines, told]);
  const privateKeys = (await secrets()).flatMap(({ data }) =>
    [data?.['private.pem'] ?? [], data?.['tls.key'] ?? []].flat(),
  );
  assert.equal(privateKeys.length, 3);
  for (const key of privateKeys) {
    const body = Buffer.from(key, 'base64').toString().split('\n').slice(1, -2);
    assert.ok(body.length > 20);
    for (const line of [key, ...body]) assert.equal(text.includes(line), false);
  }
});
