import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { DataVolume, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { claimedMachine } from '../../../../src/virtualization/kubevirt/machine.ts';
import { CdiStandIn } from '../../../support/cdi-stand-in.ts';
import { SAMPLE_UUID, sampleSettings } from '../../../support/sample-machine.ts';
import { DIGEST, isoScene, soon } from './iso-scene.ts';

/** One story: a server's ISO is downloaded, fails, comes, and is replaced. */
const URL_TEXT = 'https://reader:hunter2@mirror.example/container.iso?signature=hunter2';
const http = { url: URL_TEXT, size: '1Gi', storageClassName: 'fast', accessMode: 'ReadOnlyMany' as const };
let scene: Awaited<ReturnType<typeof isoScene>>;
let cdi: CdiStandIn;
let volume: DataVolume;

before(async () => {
  scene = await isoScene('lab');
});
after(() => scene[Symbol.asyncDispose]());

const messageOf = (server: AnweddolServer) =>
  server.status?.conditions?.find(({ type }) => type === 'IsoReady')?.message ?? '';

async function onlyVolume(): Promise<DataVolume> {
  const [found, ...more] = await scene.volumes();
  assert.ok(found);
  assert.deepEqual(more, []);
  return found;
}

test('without CDI the status says what is missing, and what to do', async () => {
  await scene.apply({ http, sha256: DIGEST });
  const server = await scene.isoIs(({ reason }) => reason === 'CdiAbsent');
  assert.match(messageOf(server), /install it, or use iso\.image/);
});

test('once CDI is there the ISO is downloaded into a volume of the server’s own, against its digest', async () => {
  cdi = await CdiStandIn.install(scene.kube);
  await scene.look();
  const server = await scene.isoIs(({ reason }) => reason === 'IsoDownloading');
  volume = await onlyVolume();
  assert.match(volume.metadata.name, /^lab-iso-[0-9a-f]{8}$/);
  assert.equal(volume.metadata.ownerReferences?.[0]?.uid, server.metadata.uid);
  assert.equal(volume.metadata.annotations?.['cdi.kubevirt.io/storage.bind.immediate.requested'], 'true');
  assert.deepEqual(volume.spec, {
    source: { http: { url: URL_TEXT, checksum: `sha256:${DIGEST}` } },
    storage: { accessModes: ['ReadOnlyMany'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
  });
});

test('how far the download is stands in the status, and no secret of the URL does', async () => {
  await cdi.downloads(volume.metadata, '42.10%');
  await scene.look();
  const server = await scene.isoIs(({ message }) => message.includes('%'));
  assert.equal(messageOf(server), '42.1 % of https://mirror.example/container.iso is downloaded');
  assert.doesNotMatch(JSON.stringify(server.status), /hunter2/);
});

test('a download that fails says why, and is tried again when its volume is deleted', async () => {
  const said = 'Get "https://reader:***@mirror.example/container.iso?signature=hunter2": unexpected checksum';
  await cdi.fails(volume.metadata, said);
  await scene.look();
  const failed = await scene.isoIs(({ reason }) => reason === 'IsoDownloadFailed');
  assert.match(messageOf(failed), /Get "https:\/\/mirror\.example\/container\.iso": unexpected checksum/);
  assert.doesNotMatch(JSON.stringify(failed.status), /hunter2/);
  await scene.kube.delete(DataVolume, volume.metadata);
  await scene.look();
  await scene.isoIs(({ reason }) => reason === 'IsoDownloading');
  const again = await onlyVolume();
  assert.equal(again.metadata.name, volume.metadata.name);
  assert.notEqual(again.metadata.uid, volume.metadata.uid);
  volume = again;
});

test('a download that succeeds is what machines boot from, without a second check', async () => {
  await cdi.succeeds(volume.metadata);
  await scene.look();
  const server = await scene.isoIs(({ status }) => status === 'True');
  assert.equal(server.status?.iso?.sha256, DIGEST);
  const settings = await scene.caches.configMaps.waitFor((store) => store.get('default/lab-settings'), soon());
  const { iso } = JSON.parse(settings.data?.['settings.json'] ?? '').spec;
  assert.deepEqual(iso, { sha256: DIGEST, persistentVolumeClaim: volume.metadata.name });
  assert.deepEqual(scene.caches.pods.list(), []);
});

test('another URL is another download, and the old one stays while a machine has it', async () => {
  const server = await scene.isoIs(({ status }) => status === 'True');
  const machine = await scene.kube.create(VirtualMachineInstance, machineOf(server, volume.metadata.name));
  await scene.caches.machines.waitFor((store) => store.get('default/lab-10000'), soon());
  await scene.apply({ http: { ...http, url: 'https://mirror.example/next.iso' }, sha256: DIGEST });
  await scene.isoIs(({ message }) => message.includes('next.iso is being downloaded'));
  const next = (await scene.volumes()).find((each) => nameOf(each) !== nameOf(volume));
  assert.ok(next);
  await cdi.succeeds(next.metadata);
  await scene.look();
  await scene.isoIs(({ status, message }) => status === 'True' && message.includes('next.iso'));
  await scene.lookAfter(LONG);
  assert.deepEqual((await scene.volumes()).map(nameOf).sort(), [volume, next].map(nameOf).sort());

  await scene.kube.delete(VirtualMachineInstance, machine.metadata);
  const { status } = await scene.isoIs((_, { status }) => status?.isoVolumes?.length === 1);
  assert.deepEqual([(await scene.volumes()).map(nameOf), status?.isoVolumes], [[nameOf(next)], [nameOf(next)]]);
});

test('a server that downloads no more has its download removed, and then forgets it', async () => {
  await scene.apply({ image: 'iso@sha256:1' });
  await scene.isoIs(({ reason }) => reason === 'IsoCheckRunning');
  await scene.checkEnds(DIGEST);
  await scene.isoIs(({ status }) => status === 'True');
  await scene.lookAfter(LONG);
  await scene.isoIs((_, { status }) => !status?.isoVolumes);
  assert.deepEqual(await scene.volumes(), []);
});

test('a volume of the name that is not the server’s own is neither used nor removed', async () => {
  const source = { http: { url: 'https://mirror.example/mine.iso' } };
  const storage = { resources: { requests: { storage: '1Gi' } } };
  const { apiVersion, kind, metadata } = volume;
  const { name, namespace = '' } = metadata;
  const foreign = { apiVersion, kind, metadata: { name, namespace }, spec: { source, storage } };
  await scene.kube.create(DataVolume, foreign);
  await scene.apply({ http, sha256: DIGEST });
  await scene.isoIs(({ reason }) => reason === 'IsoVolumeTaken');
  await scene.apply({ image: 'iso@sha256:2' });
  await scene.isoIs(({ reason }) => reason === 'IsoCheckRunning');
  await scene.checkEnds(DIGEST);
  await scene.isoIs(({ status }) => status === 'True');
  await scene.lookAfter(LONG);
  await scene.isoIs((_, { status }) => !status?.isoVolumes);
  assert.deepEqual((await scene.volumes()).map(nameOf), [volume.metadata.name]);
});

/** Server pods know of another ISO by then. */
const LONG = 600_000;
const nameOf = ({ metadata }: DataVolume) => metadata.name;

function machineOf({ metadata }: AnweddolServer, claimName: string): VirtualMachineInstance {
  const settings = sampleSettings();
  const server = { name: 'lab', namespace: 'default', uid: metadata.uid ?? '' };
  const spec = { ...settings.spec, iso: { sha256: DIGEST, persistentVolumeClaim: claimName } };
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  return claimedMachine({ ...settings, server, spec }, claim, 10_000, Date.now() + 10 * LONG);
}
