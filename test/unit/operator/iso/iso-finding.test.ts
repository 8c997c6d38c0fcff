import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../../src/kube/resources.ts';
import { isoFingerprint } from '../../../../src/operator/iso/iso-check-pod.ts';
import { isoFinding, isoUnchecked } from '../../../../src/operator/iso/iso-finding.ts';
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
