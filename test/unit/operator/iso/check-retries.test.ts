import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { KubeError } from '../../../../src/kube/errors.ts';
import type { KubeObject } from '../../../../src/kube/objects.ts';
import { Pod } from '../../../../src/kube/resources.ts';
import { checkIso } from '../../../../src/operator/iso/check-iso.ts';
import { isoCheckPod } from '../../../../src/operator/iso/iso-check-pod.ts';
import { isoFinding } from '../../../../src/operator/iso/iso-finding.ts';
import { isoFingerprint } from '../../../../src/operator/iso/iso-source.ts';
import { Refusals } from '../../../../src/operator/refusals.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { DIGEST, isoScene, soon } from './iso-scene.ts';

let scene: Awaited<ReturnType<typeof isoScene>>;

before(async () => {
  scene = await isoScene('lab');
});
after(() => scene[Symbol.asyncDispose]());

test('a check that was evicted before it had a container is made again', async () => {
  await scene.apply({ image: 'iso:1' });
  const evicted = await scene.caches.pods.waitFor((store) => store.list()[0], soon());
  const status = { phase: 'Failed', reason: 'Evicted', message: 'the node was low on resource: memory' };
  await scene.kube.mergePatch(Pod, evicted.metadata, { status }, { subresource: 'status' });
  await scene.isoIs(({ reason, message }) => reason === 'IsoCheckFailed' && message.includes('low on resource'));
  await scene.lookAfter(61_000);
  const { uid } = evicted.metadata;
  await scene.caches.pods.waitFor((store) => store.list().find(({ metadata }) => metadata.uid !== uid), soon());
});

test('a check that the cluster refuses is not asked for again within a minute', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const apply = <T extends KubeObject>(): Promise<T> => {
    asked += 1;
    return Promise.reject(new KubeError({ code: 422, reason: 'Invalid', message: 'must specify a volume type' }));
  };
  const { kube, caches, defaultImage } = scene;
  const context = { kube: { ...kube, apply }, caches, clock, defaultImage, refusals: new Refusals(clock) };
  const server = sampleServer({ iso: { image: 'iso:1', sha256: DIGEST } });
  const facts = { isoPod: undefined, iso: isoFinding(server, undefined), machines: [] };
  const look = async () => (await checkIso(server, facts, context, soon())).reason;
  assert.deepEqual([await look(), await look(), asked], ['IsoTaken', 'IsoTaken', 1]);
  await clock.advance(60_000);
  assert.deepEqual([await look(), asked], ['IsoTaken', 2]);
});

test('a check is kept until its own result stands in the status, also where another source held the same', async () => {
  const clock = new FakeClock();
  const removed: string[] = [];
  const remove = async (_resource: unknown, { name }: { name: string }): Promise<boolean> => removed.push(name) > 0;
  const { kube, caches, defaultImage } = scene;
  const context = { kube: { ...kube, delete: remove }, caches, clock, defaultImage, refusals: new Refusals(clock) };
  const before = sampleServer({ iso: { image: 'iso:1', sha256: DIGEST } });
  const server = sampleServer({ iso: { image: 'iso:2', sha256: DIGEST } });
  const state = { terminated: { exitCode: 0, message: DIGEST } };
  const ended = { phase: 'Succeeded', containerStatuses: [{ name: 'check', state }] };
  const isoPod = { ...isoCheckPod(server, { image: '' }), status: ended } as Pod;
  isoPod.metadata.uid = 'a-uid';
  const look = async (recorded: AnweddolServer) => {
    const since = { ...server, status: { iso: { sha256: DIGEST, fingerprint: isoFingerprint(recorded) } } };
    await checkIso(since, { isoPod, iso: isoFinding(since, isoPod), machines: [] }, context, soon());
    return removed.length;
  };
  assert.deepEqual([await look(before), await look(server)], [0, 1]);
});
