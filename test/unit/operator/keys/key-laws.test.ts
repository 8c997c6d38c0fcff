import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { type Deployment, Secret } from '../../../../src/kube/resources.ts';
import { ensureKey } from '../../../../src/operator/keys/ensure-key.ts';
import type { KeyFinding } from '../../../../src/operator/keys/key-finding.ts';
import { Crash, dying } from './dying-client.ts';
import { PreparedPairs, Process, rolledOut, sample, signal, startCluster, told } from './step-fixture.ts';

const pairs = Array.from({ length: 3 }, () => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privatePem: pair.privateKey, publicPem: pair.publicKey };
});

type Step =
  | { do: 'rotate' | 'own' | 'give' | 'giveMissing' | 'onetime' | 'roll' | 'reconcile' }
  /** The process dies at a write, or after the last one and before the status is stored. */
  | { do: 'crash'; write: number; isDone: boolean };

const steps = fc.array(
  fc.oneof(
    fc.constantFrom<Step>(
      { do: 'rotate' },
      { do: 'own' },
      { do: 'give' },
      { do: 'giveMissing' },
      { do: 'onetime' },
      { do: 'roll' },
      { do: 'reconcile' },
      { do: 'reconcile' },
    ),
    fc.record({ do: fc.constant('crash' as const), write: fc.integer({ min: 1, max: 3 }), isDone: fc.boolean() }),
  ),
  { minLength: 4, maxLength: 14 },
);

test('whatever is asked for and wherever the process dies, in the end the key that is asked for is there, and no other', async () => {
  await using cluster = await startCluster();
  await cluster.putSecret('mine', { 'private.pem': pairs[0]?.privatePem ?? '' });
  const keyPairs = new PreparedPairs(pairs);
  await fc.assert(
    fc.asyncProperty(steps, async (walk) => {
      let operator = new Process(cluster.kube, keyPairs);
      let server: AnweddolServer = sample();
      let keys: AnweddolServer['spec']['keys'] = server.spec.keys;
      let last: KeyFinding | undefined;
      let rolled: { deployment?: Deployment } = {};
      const roll = () => {
        if (!last) return;
        const { deployment, pods } = rolledOut(server, { key: last });
        rolled = { deployment };
        operator.pods.replace(pods);
      };
      const restart = (kube: KubeClient) => {
        const pods = operator.pods.list();
        operator = new Process(kube, keyPairs);
        operator.pods.replace(pods);
      };
      const reconcile = async () => {
        last = await ensureKey(server, { deployment: rolled.deployment }, operator, signal);
        // No server pod is left without the Secret of the key that it is to have.
        if (last.secretName && last.status === 'True') {
          const mounted = await cluster.kube.get(Secret, { namespace: 'anweddol', name: last.secretName });
          assert.ok(mounted);
        }
        server = told(server, { key: last });
      };
      const ask = (change: Partial<typeof keys>) => {
        keys = { bits: keys.bits, rotation: keys.rotation, onetime: false, ...change };
        server = { ...server, spec: { ...server.spec, keys } };
      };
      const acts: Record<Step['do'], (step: Step) => Promise<void> | void> = {
        rotate: () => ask({ rotation: keys.rotation + 1 }),
        own: () => ask({}),
        give: () => ask({ secretName: 'mine' }),
        giveMissing: () => ask({ secretName: 'missing' }),
        onetime: () => ask({ onetime: true }),
        roll,
        reconcile,
        async crash(step) {
          if (step.do !== 'crash') return;
          restart(dying(cluster.kube, step));
          // Nor is the status of a reconcile stored that came to its end.
          await ensureKey(server, { deployment: rolled.deployment }, operator, signal).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
          restart(cluster.kube);
        },
      };
      for (const step of walk) await acts[step.do](step);
      if (keys.secretName === 'missing') ask({ rotation: keys.rotation + 1 });
      for (let i = 0; i < 4; i += 1) await reconcile();
      roll();
      for (let i = 0; i < 2; i += 1) await reconcile();
      const wanted = keys.onetime
        ? undefined
        : (keys.secretName ?? `lab-key${keys.rotation ? `-${keys.rotation}` : ''}`);
      assert.equal(last?.secretName, wanted);
      assert.equal(last?.previous, undefined);
      assert.deepEqual(await cluster.secrets(), [...new Set(['mine', ...(wanted ? [wanted] : [])])].sort());
      for (const name of await cluster.secrets()) {
        if (name !== 'mine') await cluster.kube.delete(Secret, { namespace: 'anweddol', name });
      }
    }),
    { numRuns: 60 },
  );
});
