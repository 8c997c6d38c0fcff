import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import { DIGEST, isoScene, soon } from '../iso/iso-scene.ts';

test('the policies of a server are there before its Service, and before any pod that could make a machine', async () => {
  await using scene = await isoScene('lab');
  await scene.apply({ image: 'iso:1' });
  await scene.isoIs(({ reason }) => reason === 'IsoCheckRunning');
  await scene.checkEnds(DIGEST);
  const { deployments, services, policies } = scene.caches;
  const deployment = await deployments.waitFor((store) => store.get('default/lab-server'), soon());
  const service = await services.waitFor((store) => store.get('default/lab'), soon());
  // Versions grow with each write to the API server.
  const version = (object: { metadata: { resourceVersion?: string } }) => Number(object.metadata.resourceVersion);
  const names = ['lab-containers', 'lab-server'];
  const applied = policies.list().toSorted((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  assert.deepEqual(
    applied.map(({ metadata }) => metadata.name),
    names,
  );
  for (const policy of applied) assert.ok(version(policy) < Math.min(version(service), version(deployment)));
});

test('a change of the isolation changes the policies, and nothing else writes them', async () => {
  await using scene = await isoScene('lab');
  await scene.apply({ image: 'iso:1' });
  const { policies } = scene.caches;
  const before = await policies.waitFor((store) => store.get('default/lab-containers'), soon());
  const isolation = { internet: false, dns: { mode: 'None' } };
  await scene.kube.mergePatch(AnweddolServer, scene.lab, { spec: { containers: { isolation } } });
  const closed = await policies.waitFor((store) => {
    const policy = store.get('default/lab-containers');
    return policy?.metadata.resourceVersion === before.metadata.resourceVersion ? undefined : policy;
  }, soon());
  assert.deepEqual(closed.spec?.egress ?? [], []);
  await scene.look();
  await scene.isoIs((_, { metadata, status }) => status?.observedGeneration === metadata.generation);
  assert.equal(policies.get('default/lab-containers')?.metadata.resourceVersion, closed.metadata.resourceVersion);
});
