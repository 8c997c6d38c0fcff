import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { dataVolumeName, isoFingerprint } from '../../../../src/operator/iso/iso-source.ts';
import { planVolumes } from '../../../../src/operator/iso/old-volumes.ts';
import { sampleMachine } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';

const DIGEST = 'ab'.repeat(32);
const download = { http: { url: 'https://mirror.example/container.iso', size: '1Gi' }, sha256: DIGEST };
const MINUTE = 60_000;

/** A server that has had a download `old`, and whose ISO of now was verified at the epoch. */
function server(iso: AnweddolServer['spec']['iso'], volumes: string[], verified = true): AnweddolServer {
  const bare = sampleServer({ iso });
  const record = { sha256: DIGEST, fingerprint: isoFingerprint(bare), since: new Date(0).toISOString() };
  return { ...bare, status: { isoVolumes: volumes, ...(verified && { iso: record }) } };
}

function machineWith(claimName: string) {
  const machine = sampleMachine();
  return { ...machine, spec: { ...machine.spec, volumes: [{ name: 'iso', persistentVolumeClaim: { claimName } }] } };
}

test('a download is remembered before it is made', () => {
  const bare = sampleServer({ iso: download });
  const name = dataVolumeName(bare);
  assert.deepEqual(planVolumes(bare, [], 0), { remember: [name], remove: [], isRemembered: false });
  assert.equal(planVolumes({ ...bare, status: { isoVolumes: [name] } }, [], 0).isRemembered, true);
});

test('the download that is wanted is never removed', () => {
  const bare = sampleServer({ iso: download });
  const plan = planVolumes(server(download, [dataVolumeName(bare)]), [], 60 * MINUTE);
  assert.deepEqual([plan.remove, plan.remember], [[], [dataVolumeName(bare)]]);
});

test('an older download stays until another ISO is verified, and server pods have learnt of it', () => {
  assert.deepEqual(planVolumes(server({ image: 'iso:1' }, ['old'], false), [], 60 * MINUTE).remove, []);
  const early = planVolumes(server({ image: 'iso:1' }, ['old']), [], MINUTE);
  assert.deepEqual([early.remove, early.remember, early.againMs], [[], ['old'], 4 * MINUTE]);
  const late = planVolumes(server({ image: 'iso:1' }, ['old']), [], 5 * MINUTE);
  assert.deepEqual([late.remove, late.remember, late.againMs], [['old'], [], undefined]);
});

test('an ISO that was verified before another one was named does not count', () => {
  const before = server({ image: 'iso:1' }, ['old']);
  const changed = { ...before, spec: sampleServer({ iso: { image: 'iso:2' } }).spec };
  assert.deepEqual(planVolumes(changed, [], 60 * MINUTE).remove, []);
});

test('a download that a machine has stays', () => {
  const plan = planVolumes(server({ image: 'iso:1' }, ['used', 'old']), [machineWith('used')], 60 * MINUTE);
  assert.deepEqual([plan.remove, plan.remember], [['old'], ['used']]);
});

test('nothing is removed before the machines are known', () => {
  const plan = planVolumes(server({ image: 'iso:1' }, ['old']), undefined, 60 * MINUTE);
  assert.deepEqual([plan.remove, plan.remember], [[], ['old']]);
});

test('no more downloads are made than can be remembered', () => {
  const many = Array.from({ length: 32 }, (_, index) => `old-${index}`);
  const plan = planVolumes(server(download, many, false), many.map(machineWith), 0);
  assert.deepEqual([plan.isRemembered, plan.remember.length], [false, 32]);
});

test('another download has another name, the same one the same', () => {
  const name = (change: object) => dataVolumeName(sampleServer({ iso: { ...download, ...change } }));
  const others = [
    { sha256: 'cd'.repeat(32) },
    ...[{ url: 'https://mirror.example/next.iso' }, { size: '2Gi' }, { storageClassName: 'fast' }].map((change) => ({
      http: { ...download.http, ...change },
    })),
    { http: { ...download.http, accessMode: 'ReadWriteMany' } },
  ];
  assert.equal(name({}), name({}));
  assert.equal(new Set([{}, ...others].map(name)).size, others.length + 1);
});
