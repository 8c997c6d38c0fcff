import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../../src/kube/resources.ts';
import { isoCheckPod } from '../../../../src/operator/iso/iso-check-pod.ts';
import { isoFinding, isoUnchecked } from '../../../../src/operator/iso/iso-finding.ts';
import { isoFingerprint } from '../../../../src/operator/iso/iso-source.ts';
import { sampleServer } from '../../../support/sample-server.ts';

const DIGEST = 'ab'.repeat(32);

function pod(phase: string, state: object): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'lab-iso' },
    status: { phase, containerStatuses: [{ name: 'check', state }] },
  } as Pod;
}
const succeeded = (message: string) => pod('Succeeded', { terminated: { exitCode: 0, message } });

test('the digest that the check found is the one that counts', () => {
  const finding = isoFinding(sampleServer(), succeeded(DIGEST));
  assert.deepEqual([finding.status, finding.sha256], ['True', DIGEST]);
});

test('an ISO other than the announced one is refused, and both digests are named', () => {
  const finding = isoFinding(sampleServer({ iso: { image: 'iso:1', sha256: 'cd'.repeat(32) } }), succeeded(DIGEST));
  assert.deepEqual([finding.status, finding.reason, finding.sha256], ['False', 'IsoDigestMismatch', undefined]);
  assert.match(finding.message, new RegExp(`${DIGEST}.*${'cd'.repeat(32)}`));
});

test('an image that cannot be pulled makes the ISO unavailable', () => {
  const waiting = { reason: 'ErrImagePull', message: 'no such image' };
  const finding = isoFinding(sampleServer(), pod('Pending', { waiting }));
  assert.deepEqual([finding.status, finding.reason], ['False', 'IsoUnavailable']);
  assert.match(finding.message, /iso:1.*no such image/);
});

test('an image that cannot be pulled is told in the same words at each try of a kubelet', () => {
  const cause = (port: number) => `failed to pull "iso:1": read udp 10.0.0.1:${port}->10.0.0.2:53: i/o timeout`;
  const tries = [
    { reason: 'ErrImagePull', message: cause(40_000) },
    { reason: 'ImagePullBackOff', message: `Back-off pulling image "iso:1": ErrImagePull: ${cause(40_001)}` },
  ];
  const [first, second] = tries.map((waiting) => isoFinding(sampleServer(), pod('Pending', { waiting })).message);
  assert.equal(first, second);
});

test('where the image of the check is what cannot be pulled, that one is named', () => {
  const waiting = { reason: 'ErrImagePull', message: 'failed to pull "server:1": not found' };
  const server = sampleServer({ pod: { image: 'server:1' } });
  const check = { ...isoCheckPod(server, { image: '' }), status: pod('Pending', { waiting }).status } as Pod;
  const { message } = isoFinding(server, check);
  assert.match(message, /^the check of iso:1 can't run, as image server:1 \(pod\.image\) can't be pulled: failed/);
});

test('no digest is given out while the check runs', () => {
  assert.deepEqual(
    [isoFinding(sampleServer(), undefined).status, isoFinding(sampleServer(), undefined).sha256],
    ['Unknown', undefined],
  );
});

test('a check that stands in the status needs no pod, unless the ISO has changed since', () => {
  const server = sampleServer();
  const checked = { ...server, status: { iso: { sha256: DIGEST, fingerprint: isoFingerprint(server) } } };
  assert.equal(isoFinding(checked, undefined).sha256, DIGEST);
  const changed = { ...checked, spec: { ...checked.spec, iso: { image: 'iso:2' } } };
  assert.equal(isoFinding(changed, undefined).sha256, undefined);
});

test('where the check cannot run, an announced digest is taken on trust and a missing one asked for', () => {
  assert.equal(
    isoUnchecked(sampleServer({ iso: { image: 'iso:1', sha256: DIGEST } }), 'no image volumes').sha256,
    DIGEST,
  );
  const unknown = isoUnchecked(sampleServer(), 'no image volumes');
  assert.deepEqual([unknown.status, unknown.reason, unknown.sha256], ['False', 'IsoDigestUnknown', undefined]);
});

test('machines boot from the claim that was read', () => {
  const server = sampleServer({ iso: { persistentVolumeClaim: 'iso' } });
  assert.equal(isoFinding(server, succeeded(DIGEST)).claimName, 'iso');
  assert.equal(isoFinding(sampleServer(), succeeded(DIGEST)).claimName, undefined);
});

test('a claim that is missing is named, and any other wait of the check is told', () => {
  const server = sampleServer({ iso: { persistentVolumeClaim: 'iso' } });
  const waiting = (message: string) =>
    isoFinding(server, {
      ...pod('Pending', {}),
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message }] },
    });
  const missing = waiting('0/1 nodes are available: persistentvolumeclaim "iso" not found.');
  assert.deepEqual([missing.status, missing.reason], ['False', 'IsoClaimMissing']);
  const busy = waiting('0/1 nodes are available: 1 Insufficient memory.');
  assert.deepEqual([busy.status, busy.reason], ['Unknown', 'IsoCheckRunning']);
  assert.match(busy.message, /Insufficient memory/);
});

test('an image that means whatever is newest is used, with the advice to name it by its digest', () => {
  const advised = ['iso', 'iso:latest', 'registry.example:5000/iso', 'iso:1', `iso@sha256:${DIGEST}`].map((image) =>
    isoFinding(sampleServer({ iso: { image } }), succeeded(DIGEST)),
  );
  assert.deepEqual(
    advised.map(({ status, message }) => [status, message.includes('by its digest')]),
    [true, true, true, false, false].map((advice) => ['True', advice]),
  );
});

test('the check pulls the image as KubeVirt will, with the secrets of both images', () => {
  const server = sampleServer({ iso: { image: 'iso', imagePullSecret: 'isos' }, pod: { imagePullSecrets: ['pods'] } });
  const { imagePullSecrets, volumes } = isoCheckPod(server, { image: 'anweddol:1' }).spec ?? {};
  assert.deepEqual(imagePullSecrets, [{ name: 'pods' }, { name: 'isos' }]);
  assert.equal(volumes?.[0]?.image?.pullPolicy, 'Always');
});
