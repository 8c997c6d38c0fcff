import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { Certificate, CustomResourceDefinition, type Deployment, Pod, Secret } from '../../../../src/kube/resources.ts';
import type { CertificatesFinding } from '../../../../src/operator/certificates/certificates-finding.ts';
import { ensureCertificates } from '../../../../src/operator/certificates/ensure-certificates.ts';
import { selfSignedCertificate } from '../../../../src/operator/certificates/self-signed.ts';
import { type KeyPair, KeyPairs } from '../../../../src/operator/keys/key-pairs.ts';
import { openCertificateFiles } from '../../../../src/server/tls/certificate-files.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import {
  type Cluster,
  PreparedPairs,
  Process,
  rolledOut,
  sample,
  signal,
  startCluster,
  told,
} from '../keys/step-fixture.ts';
import { certificateDefinition, isReady, signedBy } from './cert-manager.ts';

const DAY = 86_400_000;
const pairs = await Promise.all([2048, 2048, 2048].map((bits) => new KeyPairs().make(bits)));
const [pairA, pairB] = pairs;
assert.ok(pairA && pairB);
let cluster: Cluster;
let operator: Process;
let server: AnweddolServer;
let deployment: Deployment | undefined;
let host: string | undefined;

before(async () => {
  cluster = await startCluster();
});
after(() => cluster[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const name of await cluster.secrets()) await cluster.kube.delete(Secret, { namespace: 'anweddol', name });
  operator = new Process(cluster.kube, new PreparedPairs(pairs));
  server = sample();
  deployment = undefined;
  host = '192.0.2.7';
});

type Spec = Parameters<typeof sample>[0];

function ask(spec: Spec): void {
  server = { ...server, spec: sample(spec).spec };
}

async function step(): Promise<CertificatesFinding | undefined> {
  const address = { status: 'True', reason: 'Assigned', message: '', ...(host && { host }) } as const;
  const certificates = await ensureCertificates(server, { address, deployment }, operator, signal);
  server = told(server, { certificates }, operator.clock.now());
  return certificates;
}

/** Until nothing changes any more. */
async function settle(): Promise<CertificatesFinding | undefined> {
  for (;;) {
    const earlier = JSON.stringify(server.status?.certificates);
    const certificates = await step();
    if (JSON.stringify(server.status?.certificates) === earlier) return certificates;
  }
}

function roll(certificates: CertificatesFinding | undefined): void {
  const rolled = rolledOut(server, { certificates });
  deployment = rolled.deployment;
  operator.pods.replace(rolled.pods);
}

/** One server pod that the API server knows too. */
async function startPod(name: string): Promise<void> {
  const [pod] = operator.pods.list();
  assert.ok(pod);
  const { uid: _, ...metadata } = { ...pod.metadata, name };
  operator.pods.replace([await cluster.kube.create(Pod, { ...pod, metadata })]);
}

const secret = (name: string) => cluster.kube.get(Secret, { namespace: 'anweddol', name });
const text = (found: Secret | undefined, key: string) => Buffer.from(found?.data?.[key] ?? '', 'base64').toString();

interface Given {
  pair?: KeyPair | undefined;
  at?: number;
}

/** A Secret of somebody's, with a certificate that was made `at` and lives for a year. */
async function give(name: string, { pair = pairA, at = operator.clock.now() }: Given = {}): Promise<Secret> {
  const cert = pair ? await selfSignedCertificate('mine', { dns: ['mine.example'], ips: [] }, pair, at) : '';
  return cluster.putSecret(name, { 'tls.crt': cert, 'tls.key': pair?.privatePem ?? '' }, 'kubernetes.io/tls');
}

test('a server without TLS needs no certificate, and none is asked for', async () => {
  const earlier = cluster.requests().length;
  assert.equal(await step(), undefined);
  assert.equal(cluster.requests().length, earlier);
});

test('without a source the operator signs a certificate for the address and the names, once the status says so', async () => {
  ask({ tls: { enabled: true, dnsNames: ['lab.example'] }, web: { enabled: true } });
  const first = await step();
  assert.deepEqual([first?.status, first?.reason, first?.tlsSecretName], ['Unknown', 'CertificatePending', undefined]);
  assert.deepEqual(server.status?.certificates, { tls: { made: ['Secret'] }, web: { made: ['Secret'] } });
  assert.deepEqual(await cluster.secrets(), []);
  const found = await step();
  assert.deepEqual([found?.status, found?.reason], ['True', 'CertificatesPresent']);
  assert.deepEqual([found?.tlsSecretName, found?.webSecretName], ['lab-tls', 'lab-web-tls']);
  const made = await secret('lab-tls');
  assert.equal(made?.type, 'kubernetes.io/tls');
  assert.equal(made?.metadata.ownerReferences?.[0]?.uid, server.metadata.uid);
  const shown = new X509Certificate(text(made, 'tls.crt'));
  assert.equal(shown.subjectAltName, 'DNS:lab.anweddol.svc, DNS:lab.example, IP Address:192.0.2.7');
  assert.equal(server.status?.certificates?.tls?.notAfter, shown.validToDate.toISOString());
  assert.equal(new X509Certificate(text(await secret('lab-web-tls'), 'tls.crt')).checkHost('lab.example'), undefined);
});

test('certificates that are known cost no request', async () => {
  ask({ tls: { enabled: true }, web: { enabled: true } });
  await settle();
  const earlier = cluster.requests().length;
  for (let i = 0; i < 5; i += 1) await step();
  assert.equal(cluster.requests().length, earlier);
});

test('a certificate that is good is not written again by another process', async () => {
  ask({ tls: { enabled: true } });
  await settle();
  const made = await secret('lab-tls');
  operator = new Process(cluster.kube, new PreparedPairs(pairs), operator.clock);
  await settle();
  assert.deepEqual(await secret('lab-tls'), made);
});

test('a certificate is renewed with a new key when a third of its life is left, and pods are told', async () => {
  ask({ tls: { enabled: true } });
  const found = await settle();
  const before = await secret('lab-tls');
  assert.equal(found?.againMs, 6 * 3_600_000);
  roll(found);
  await startPod('pod');
  await operator.clock.advance(243 * DAY);
  await settle();
  assert.deepEqual(await secret('lab-tls'), before);
  await operator.clock.advance(DAY);
  await settle();
  const renewed = await secret('lab-tls');
  assert.notEqual(text(renewed, 'tls.key'), text(before, 'tls.key'));
  assert.equal(renewed?.metadata.uid, before?.metadata.uid);
  assert.ok(new X509Certificate(text(renewed, 'tls.crt')).validToDate.getTime() > operator.clock.now() + 364 * DAY);
  const told = await cluster.kube.get(Pod, { namespace: 'anweddol', name: 'pod' });
  assert.match(told?.metadata.annotations?.['anweddol.io/mounted-tls'] ?? '', /^[0-9a-f]{64}$/);
});

test('when the wall clock is set forward, a certificate is not looked at over and over', async () => {
  ask({ tls: { enabled: true } });
  await settle();
  operator.clock.setForward(300 * DAY);
  assert.equal((await step())?.againMs, 600_000);
});

test('server pods take a renewed certificate without a restart', async (t) => {
  ask({ tls: { enabled: true } });
  await settle();
  const folder = await mkdtemp(join(tmpdir(), 'mounted-'));
  t.after(() => rm(folder, { recursive: true }));
  const files = { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  const mount = async () => {
    const made = await secret('lab-tls');
    await writeFile(files.certificateFile, text(made, 'tls.crt'));
    await writeFile(files.keyFile, text(made, 'tls.key'));
  };
  await mount();
  const [clock, log] = [new FakeClock(), new RecordedLog()];
  using credentials = await openCertificateFiles(files, { clock, log });
  const { current } = credentials;
  host = '192.0.2.8';
  await settle();
  await mount();
  const reread = log.line('TLS certificate read', 2);
  await clock.advanceToNext();
  await reread;
  assert.notEqual(credentials.current, current);
});

test('an address that comes later gets into the certificate, and one that goes stays in it', async () => {
  host = undefined;
  ask({ tls: { enabled: true } });
  await settle();
  assert.equal(new X509Certificate(text(await secret('lab-tls'), 'tls.crt')).subjectAltName, 'DNS:lab.anweddol.svc');
  host = 'lb.example';
  await settle();
  const named = await secret('lab-tls');
  assert.equal(new X509Certificate(text(named, 'tls.crt')).subjectAltName, 'DNS:lb.example, DNS:lab.anweddol.svc');
  host = undefined;
  await settle();
  assert.deepEqual(await secret('lab-tls'), named);
});

test('a Secret of somebody else under the name of a certificate is left alone', async () => {
  const theirs = await give('lab-tls');
  ask({ tls: { enabled: true } });
  const found = await settle();
  assert.deepEqual([found?.status, found?.tlsSecretName], ['False', undefined]);
  assert.match(
    found?.message ?? '',
    /^Secret lab-tls is in the way of a certificate: delete it, or name it in spec\.tls\.secretName/,
  );
  ask({});
  await settle();
  assert.deepEqual(await secret('lab-tls'), theirs);
});

test('a certificate of yours is looked at once a minute, and pods are told of another one', async () => {
  await give('mine');
  ask({ tls: { enabled: true, secretName: 'mine' } });
  const found = await settle();
  assert.deepEqual([found?.status, found?.tlsSecretName, found?.againMs], ['True', 'mine', 60_000]);
  assert.equal(server.status?.certificates?.tls?.made, undefined);
  roll(found);
  await startPod('pod-of-yours');
  const digest = async () => {
    const told = await cluster.kube.get(Pod, { namespace: 'anweddol', name: 'pod-of-yours' });
    return told?.metadata.annotations?.['anweddol.io/mounted-tls'];
  };
  await operator.clock.advance(60_000);
  await step();
  assert.equal(await digest(), undefined);
  await give('mine', { pair: pairB });
  await operator.clock.advance(60_000);
  await step();
  assert.match((await digest()) ?? '', /^[0-9a-f]{64}$/);
});

test('a certificate of yours that is missing is told with its field, and found when it comes', async () => {
  ask({ web: { enabled: true, tls: { secretName: 'mine' } } });
  const found = await settle();
  assert.deepEqual([found?.status, found?.reason, found?.webSecretName], ['False', 'CertificateMissing', undefined]);
  assert.equal(
    found?.message,
    'Secret mine, which spec.web.tls.secretName names, is missing: make it with kubectl create secret tls',
  );
  assert.equal(found?.againMs, 10_000);
  await give('mine');
  await operator.clock.advance(10_000);
  assert.equal((await settle())?.webSecretName, 'mine');
});

test('a certificate of yours that will expire in less than 14 days is still used, and that is said', async () => {
  await give('mine', { at: operator.clock.now() - 355 * DAY });
  ask({ tls: { enabled: true, secretName: 'mine' } });
  const found = await settle();
  assert.deepEqual([found?.status, found?.reason, found?.tlsSecretName], ['True', 'CertificateExpiring', 'mine']);
  assert.match(
    found?.message ?? '',
    /^the certificate in Secret mine expires in 10 days, on .*: put its successor there$/,
  );
});

test('a certificate of yours that has expired is not given to pods; those that have it keep it', async () => {
  await give('mine');
  ask({ tls: { enabled: true, secretName: 'mine' } });
  roll(await settle());
  await operator.clock.advance(366 * DAY);
  const found = await settle();
  assert.deepEqual([found?.status, found?.reason, found?.tlsSecretName], ['False', 'CertificateExpired', 'mine']);
  deployment = undefined;
  assert.equal((await settle())?.tlsSecretName, undefined);
});

test('a certificate that is not valid yet is not given to pods', async () => {
  await give('mine', { at: operator.clock.now() + DAY });
  ask({ tls: { enabled: true, secretName: 'mine' } });
  const found = await settle();
  assert.deepEqual([found?.status, found?.reason, found?.tlsSecretName], ['False', 'CertificateInvalid', undefined]);
  assert.match(found?.message ?? '', /is not valid before 2026-01-01T23:55:00/);
});

test('pods keep the certificate that the operator signed until yours is fit, and then it goes', async () => {
  ask({ tls: { enabled: true } });
  roll(await settle());
  await cluster.putSecret('mine', { 'tls.crt': 'hunter2', 'tls.key': 'hunter2' }, 'kubernetes.io/tls');
  ask({ tls: { enabled: true, secretName: 'mine' } });
  const bad = await settle();
  assert.deepEqual([bad?.status, bad?.reason, bad?.tlsSecretName], ['False', 'CertificateInvalid', 'lab-tls']);
  assert.doesNotMatch(JSON.stringify(server.status), /hunter2/);
  assert.deepEqual(await cluster.secrets(), ['lab-tls', 'mine']);
  await give('mine');
  await operator.clock.advance(60_000);
  const good = await settle();
  assert.deepEqual([good?.status, good?.tlsSecretName], ['True', 'mine']);
  assert.deepEqual(await cluster.secrets(), ['lab-tls', 'mine']);
  roll(good);
  await settle();
  assert.deepEqual(await cluster.secrets(), ['mine']);
  assert.equal(server.status?.certificates?.tls?.made, undefined);
});

test('what was made goes with TLS when no pod has it, and comes back with it', async () => {
  ask({ tls: { enabled: true } });
  roll(await settle());
  ask({});
  assert.deepEqual([(await settle())?.reason, await cluster.secrets()], ['CertificateLeftover', ['lab-tls']]);
  roll(undefined);
  assert.equal(await settle(), undefined);
  assert.deepEqual([await cluster.secrets(), server.status?.certificates], [[], undefined]);
  const earlier = cluster.requests().length;
  await step();
  assert.equal(cluster.requests().length, earlier);
  ask({ tls: { enabled: true } });
  await settle();
  assert.deepEqual(await cluster.secrets(), ['lab-tls']);
});

test('the worst of two certificates is told first', async () => {
  ask({ tls: { enabled: true }, web: { enabled: true, tls: { secretName: 'mine' } } });
  const found = await settle();
  assert.deepEqual([found?.status, found?.reason, found?.tlsSecretName], ['False', 'CertificateMissing', 'lab-tls']);
  assert.match(found?.message ?? '', /^Secret mine, which spec\.web\.tls\.secretName names/);
});

const issued = { tls: { enabled: true, dnsNames: ['lab.example'], issuerRef: { name: 'ca' } } };

test('an issuer without cert-manager is told with what to do', async () => {
  ask(issued);
  const found = await settle();
  assert.deepEqual([found?.status, found?.reason, found?.tlsSecretName], ['False', 'CertManagerAbsent', undefined]);
  assert.equal(
    found?.message,
    'spec.tls.issuerRef needs cert-manager, which is not installed: install it, or remove issuerRef',
  );
  ask({});
  assert.equal(await settle(), undefined);
});

test('an issuer is asked by a Certificate, whose Secret is used when it is ready, and both go with the issuer', async (t) => {
  await cluster.kube.create(CustomResourceDefinition, certificateDefinition());
  t.after(() => cluster.kube.delete(CustomResourceDefinition, certificateDefinition().metadata));
  const certificate = () => cluster.kube.get(Certificate, { namespace: 'anweddol', name: 'lab-tls' });
  ask(issued);
  const asked = await settle();
  assert.deepEqual([asked?.status, asked?.reason, asked?.againMs], ['False', 'CertificateNotReady', 10_000]);
  const made = await certificate();
  assert.deepEqual(made?.spec, {
    secretName: 'lab-tls',
    dnsNames: ['lab.example'],
    ipAddresses: ['192.0.2.7'],
    privateKey: { rotationPolicy: 'Always' },
    issuerRef: { name: 'ca', kind: 'Issuer', group: 'cert-manager.io' },
  });
  assert.equal(made?.metadata.ownerReferences?.[0]?.uid, server.metadata.uid);

  await isReady(cluster.kube, 'False', 'Issuer ca is missing');
  await operator.clock.advance(10_000);
  assert.equal((await settle())?.message, 'Certificate lab-tls is not ready: Issuer ca is missing');

  const names = { dns: ['lab.anweddol.svc', 'lab.example'], ips: ['192.0.2.7'] };
  const cert = signedBy(pairB, await selfSignedCertificate('lab', names, pairA, operator.clock.now()));
  await cluster.putSecret('lab-tls', { 'tls.crt': cert, 'tls.key': pairA.privatePem }, 'kubernetes.io/tls');
  const note = { metadata: { annotations: { 'cert-manager.io/certificate-name': 'lab-tls' } } };
  await cluster.kube.mergePatch(Secret, { namespace: 'anweddol', name: 'lab-tls' }, note);
  await isReady(cluster.kube, 'True', 'Certificate is up to date');
  await operator.clock.advance(10_000);
  const found = await settle();
  assert.deepEqual([found?.status, found?.tlsSecretName, found?.againMs], ['True', 'lab-tls', 60_000]);
  const version = (await certificate())?.metadata.resourceVersion;
  await operator.clock.advance(60_000);
  await settle();
  assert.equal((await certificate())?.metadata.resourceVersion, version);

  ask({ tls: { enabled: true } });
  const earlier = cluster.requests().length;
  const own = await settle();
  const writes = cluster
    .requests()
    .slice(earlier)
    .filter((method) => method !== 'GET');
  assert.deepEqual(writes, ['DELETE', 'PATCH']);
  assert.deepEqual([own?.status, own?.tlsSecretName], ['True', 'lab-tls']);
  assert.equal(await certificate(), undefined);
  assert.equal(new X509Certificate(text(await secret('lab-tls'), 'tls.crt')).issuer, 'CN=lab');

  ask(issued);
  await settle();
  assert.notEqual(await certificate(), undefined);
  ask({});
  await settle();
  assert.deepEqual([await certificate(), await cluster.secrets()], [undefined, []]);
});
