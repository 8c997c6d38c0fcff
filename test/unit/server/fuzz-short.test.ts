import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { KeyStandIn } from '../../fuzz/key-stand-in.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../fuzz/run.ts', import.meta.url));
const fuzz = async (...args: string[]) => (await run(process.execPath, [PROGRAM, ...args])).stdout;

test('strangers of every kind find nothing', async () => {
  const tally = JSON.parse(await fuzz('--runs', '8000', '-o', 'json'));
  const { runs, outcomes, failures, unhandled } = tally;
  assert.deepEqual({ runs, failures, unhandled }, { runs: 8_000, failures: [], unhandled: [] });
  for (const [kind, counts] of Object.entries(outcomes)) assert.notDeepEqual(counts, {}, `no run of ${kind}`);
  // They get as far as an answer.
  assert.ok(outcomes['mutated request'].OK > 50);
});

test('the same seed is the same campaign, whoever runs it', async () => {
  const [alone, shared] = await Promise.all([
    fuzz('--runs', '600', '--seed', '7', '-o', 'json'),
    fuzz('--runs', '600', '--seed', '7', '--workers', '2', '-o', 'json'),
  ]);
  assert.deepEqual(JSON.parse(shared).outcomes, JSON.parse(alone).outcomes);
});

test('the key that stands in does as the real one does, with blocks that open and with others', async () => {
  const { signal } = new AbortController();
  const real = await RSAWrapper.generate({ bits: 2048 });
  const standIn = new KeyStandIn(real);
  assert.deepEqual(
    [standIn.publicKeyPem, standIn.publicKeySha256, standIn.blockBytes, standIn.queueLength, standIn.isOverloaded],
    [real.publicKeyPem, real.publicKeySha256, real.blockBytes, real.queueLength, real.isOverloaded],
  );
  const peer = PeerPublicKey.fromPem(real.publicKeyPem);
  for (const length of [0, 47, 48, 190]) {
    const plaintext = randomBytes(length);
    const block = peer.encrypt(plaintext);
    standIn.learn(block, plaintext);
    assert.deepEqual(await standIn.decrypt(block), await real.decrypt(new Uint8Array(block), signal));
  }
  const told = (opening: Promise<unknown>) =>
    opening.then(
      () => assert.fail('it opened'),
      ({ name, code, message }: Error & { code: string }) => ({ name, code, message }),
    );
  for (const block of [randomBytes(256), Buffer.alloc(256), Buffer.alloc(256, 0xff), randomBytes(255)]) {
    assert.deepEqual(await told(standIn.decrypt(block)), await told(real.decrypt(new Uint8Array(block), signal)));
  }
});
