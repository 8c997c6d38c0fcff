import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CdiStandIn } from '../../../support/cdi-stand-in.ts';
import { DIGEST, isoScene, soon } from './iso-scene.ts';

/** A server on a cluster whose CDI, before 1.65, checks nothing that it downloads. */
const http = { url: 'https://mirror.example/container.iso' };
let scene: Awaited<ReturnType<typeof isoScene>>;
let cdi: CdiStandIn;

before(async () => {
  scene = await isoScene('lab');
  cdi = await CdiStandIn.install(scene.kube, '1.64');
});
after(() => scene[Symbol.asyncDispose]());

test('what CDI has not checked is read before anything boots from it', async () => {
  await scene.apply({ http, sha256: DIGEST });
  await scene.isoIs(({ message }) => message.includes('is being downloaded'));
  const [volume] = await scene.volumes();
  assert.ok(volume);
  assert.equal(volume.spec.source.http.checksum, undefined);
  await cdi.succeeds(volume.metadata);
  await scene.look();
  const pod = await scene.caches.pods.waitFor((store) => store.list()[0], soon());
  assert.deepEqual(pod.spec?.volumes, [
    { name: 'iso', persistentVolumeClaim: { claimName: volume.metadata.name, readOnly: true } },
  ]);
  await scene.isoIs(({ reason }) => reason === 'IsoCheckRunning');
  await scene.checkEnds('cd'.repeat(32));
  const refused = await scene.isoIs(({ reason }) => reason === 'IsoDigestMismatch');
  assert.equal(refused.status?.iso, undefined);
});

test('it is booted from when it is read to be the announced one', async () => {
  await scene.checkEnds(DIGEST);
  await scene.isoIs(({ status }) => status === 'True');
  const [volume] = await scene.volumes();
  const settings = await scene.caches.configMaps.waitFor((store) => store.get('default/lab-settings'), soon());
  const { iso } = JSON.parse(settings.data?.['settings.json'] ?? '').spec;
  assert.deepEqual(iso, { sha256: DIGEST, persistentVolumeClaim: volume?.metadata.name });
});
