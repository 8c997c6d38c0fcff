import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { Certificate, CustomResourceDefinition, type Deployment, Secret } from '../../../../src/kube/resources.ts';
import type { CertificatesFinding } from '../../../../src/operator/certificates/certificates-finding.ts';
import { ensureCertificates } from '../../../../src/operator/certificates/ensure-certificates.ts';
import { selfSignedCertificate } from '../../../../src/operator/certificates/self-signed.ts';
import { KeyPairs } from '../../../../src/operator/keys/key-pairs.ts';
import { Crash, dying } from '../keys/dying-client.ts';
import { PreparedPairs, Process, rolledOut, sample, signal, startCluster, told } from '../keys/step-fixture.ts';
import { certificateDefinition } from './cert-manager.ts';

const pairs = await Promise.all([2048, 2048].map((bits) => new KeyPairs().make(bits)));

type Step =
  | { do: 'own' | 'give' | 'giveMissing' | 'issue' | 'off' | 'roll' | 'reconcile' }
  /** The process dies at a write, or after the last one and before the status is stored. */
  | { do: 'crash'; write: number; isDone: boolean };

const steps = fc.array(
  fc.oneof(
    fc.constantFrom<Step>(
      { do: 'own' },
      { do: 'give' },
      { do: 'giveMissing' },
      { do: 'issue' },
      { do: 'off' },
      { do: 'roll' },
      { do: 'reconcile' },
      { do: 'reconcile' },
    ),
    fc.record({ do: fc.constant('crash' as const), write: fc.integer({ min: 1, max: 3 }), isDone: fc.boolean() }),
  ),
  { minLength: 4, maxLength: 14 },
);

const SOURCES = {
  own: { enabled: true },
  give: { enabled: true, secretName: 'mine' },
  giveMissing: { enabled: true, secretName: 'missing' },
  issue: { enabled: true, issuerRef: { name: 'ca' }, dnsNames: ['lab.example'] },
  off: { enabled: false },
};

test('whatever is asked for and wherever the process dies, in the end only what is asked for is left', async () => {
  await using cluster = await startCluster();
  await cluster.kube.create(CustomResourceDefinition, certificateDefinition());
  const keyPairs = new PreparedPairs(pairs);
  const clock = new Process(cluster.kube).clock;
  const [pair] = pairs;
  assert.ok(pair);
  const cert = await selfSignedCertificate('mine', { dns: ['mine.example'], ips: [] }, pair, clock.now());
  await cluster.putSecret('mine', { 'tls.crt': cert, 'tls.key': pair.privatePem }, 'kubernetes.io/tls');
  const address = { status: 'True', reason: 'Assigned', message: '', host: '192.0.2.7' } as const;
  await fc.assert(
    fc.asyncProperty(steps, async (walk) => {
      let operator = new Process(cluster.kube, keyPairs);
      let server: AnweddolServer = sample();
      const now: { source: keyof typeof SOURCES } = { source: 'off' };
      let last: CertificatesFinding | undefined;
      let deployment: Deployment | undefined;
      const restart = (kube: KubeClient) => {
        const pods = operator.pods.list();
        operator = new Process(kube, keyPairs);
        operator.pods.replace(pods);
      };
      const ask = (wanted: keyof typeof SOURCES) => {
        now.source = wanted;
        server = { ...server, spec: sample({ tls: SOURCES[wanted] }).spec };
      };
      const roll = () => {
        const rolled = rolledOut(server, { certificates: last });
        deployment = rolled.deployment;
        operator.pods.replace(rolled.pods);
      };
      const reconcile = async () => {
        last = await ensureCertificates(server, { address, deployment }, operator, signal);
        if (last?.tlsSecretName && last.status === 'True') {
          assert.ok(await cluster.kube.get(Secret, { namespace: 'anweddol', name: last.tlsSecretName }));
        }
        server = told(server, { certificates: last });
      };
      for (const step of walk) {
        if (step.do === 'crash') {
          restart(dying(cluster.kube, step));
          // Nor is the status of a reconcile stored that came to its end.
          await ensureCertificates(server, { address, deployment }, operator, signal).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
          restart(cluster.kube);
        } else if (step.do === 'roll') roll();
        else if (step.do === 'reconcile') await reconcile();
        else ask(step.do);
      }
      if (now.source === 'giveMissing' || now.source === 'issue') ask('own');
      for (let i = 0; i < 4; i += 1) await reconcile();
      roll();
      for (let i = 0; i < 3; i += 1) await reconcile();
      assert.equal(last?.tlsSecretName, { own: 'lab-tls', give: 'mine', off: undefined }[String(now.source)]);
      assert.deepEqual(await cluster.secrets(), now.source === 'own' ? ['lab-tls', 'mine'] : ['mine']);
      assert.deepEqual((await cluster.kube.list(Certificate, { namespace: 'anweddol' })).items, []);
      await cluster.kube.delete(Secret, { namespace: 'anweddol', name: 'lab-tls' });
    }),
    { numRuns: 60 },
  );
});
