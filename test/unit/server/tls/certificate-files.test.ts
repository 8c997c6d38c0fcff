import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCertificateFiles } from '../../../../src/server/tls/certificate-files.ts';
import { readCertificate } from '../../../../src/server/tls/read-certificate.ts';
import { publicKeyDigest } from '../../../../src/wire/public-key-digest.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { newAuthority, type Pair } from '../../../support/test-certificates.ts';

const authority = newAuthority('test-authority');
const first = authority.issue('first');
const second = authority.issue('second');
const digestOf = ({ cert }: Pair) => publicKeyDigest(new X509Certificate(cert).publicKey);

const read = (cert: string, key: string) =>
  readCertificate({
    certificate: { file: '/tls/tls.crt', pem: Buffer.from(cert) },
    key: { file: '/tls/tls.key', pem: Buffer.from(key) },
  });

test('a chain and its key are taken, and known by the key of the first certificate', () => {
  const { publicKeySha256, notAfter } = read(first.cert + authority.cert, first.key);
  const spki = createPublicKey(first.key);
  assert.equal(publicKeySha256, publicKeyDigest(spki));
  assert.equal(notAfter.getTime(), Date.parse(new X509Certificate(first.cert).validTo));
});

const encrypted = (type: 'pkcs1' | 'pkcs8') =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  }).privateKey;
const broken = first.cert.replace(/^MII/m, 'AAA');

const FAULTS: [what: string, cert: string, key: string, message: string][] = [
  ['an empty certificate file', '', first.key, '/tls/tls.crt: it holds no certificate in PEM'],
  ['half a certificate', first.cert.slice(0, 600), first.key, '/tls/tls.crt: it holds no certificate in PEM'],
  ['a broken certificate', broken, first.key, '/tls/tls.crt: certificate 1 in it cannot be read'],
  ['a broken issuer', first.cert + broken, first.key, '/tls/tls.crt: certificate 2 in it cannot be read'],
  ['an empty key file', first.cert, '', '/tls/tls.key: it holds no private key in PEM'],
  ['half a key', first.cert, first.key.slice(0, 600), '/tls/tls.key: it holds no private key in PEM'],
  ['a certificate for a key', first.cert, first.cert, '/tls/tls.key: it holds no private key in PEM'],
  ['an encrypted key (PKCS #8)', first.cert, encrypted('pkcs8'), '/tls/tls.key: its key is encrypted'],
  ['an encrypted key (PKCS #1)', first.cert, encrypted('pkcs1'), '/tls/tls.key: its key is encrypted'],
  [
    "another certificate's key",
    first.cert,
    second.key,
    '/tls/tls.crt: its certificate does not belong to the key in /tls/tls.key',
  ],
  [
    'a chain in the wrong order',
    authority.cert + first.cert,
    first.key,
    "/tls/tls.crt: the server's own certificate does not come first",
  ],
];

for (const [what, cert, key, message] of FAULTS) {
  test(`${what} is refused, by the name of the file`, () => {
    const refusal = { name: 'ValueError', code: 'BadCertificate', message, cause: undefined };
    assert.throws(
      () => read(cert, key),
      (error: Error) => {
        assert.deepEqual(
          {
            name: error.name,
            code: (error as Error & { code: string }).code,
            message: error.message,
            cause: error.cause,
          },
          refusal,
        );
        return true;
      },
    );
  });
}

/** A pair in two files, and a clock by which they are looked at every 5 s. */
async function openPair(t: TestContext, pair: Pair) {
  const folder = await mkdtemp(join(tmpdir(), 'tls-files-'));
  t.after(() => rm(folder, { recursive: true }));
  const certificateFile = join(folder, 'tls.crt');
  const keyFile = join(folder, 'tls.key');
  const write = async (file: string, text: string) => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  await Promise.all([write(certificateFile, pair.cert), write(keyFile, pair.key)]);
  const clock = new FakeClock();
  const log = new RecordedLog();
  const files = await openCertificateFiles({ certificateFile, keyFile }, { clock, log, intervalMs: 5_000 });
  t.after(() => files[Symbol.dispose]());
  /** Resolves when the files have been looked at. */
  const look = async () => {
    assert.equal(await clock.advanceToNext(), 5_000);
    await clock.untilPending(1);
  };
  return { certificateFile, keyFile, write, clock, log, files, look };
}

test('files that are replaced give another context and fingerprint', async (t) => {
  const { certificateFile, keyFile, write, log, files, look } = await openPair(t, first);
  const before = files.current;
  assert.equal(files.publicKeySha256, digestOf(first));
  await look();
  assert.equal(files.current, before);
  await write(certificateFile, second.cert);
  await write(keyFile, second.key);
  await look();
  assert.notEqual(files.current, before);
  assert.equal(files.publicKeySha256, digestOf(second));
  const told = log.entries.map(({ level, message, fields }) => [level, message, fields.publicKeySha256]);
  assert.deepEqual(told, [
    ['info', 'TLS certificate read', digestOf(first)],
    ['info', 'TLS certificate read', digestOf(second)],
  ]);
});

test('a pair that is half written keeps the one before until it is whole', async (t) => {
  const { certificateFile, keyFile, write, log, files, look } = await openPair(t, first);
  const before = files.current;
  await write(certificateFile, second.cert);
  await look();
  await look();
  assert.equal(files.current, before);
  assert.equal(files.publicKeySha256, digestOf(first));
  const warning = await log.line('not taken');
  assert.equal(warning.level, 'warn');
  assert.equal((warning.fields.err as { code?: string }).code, 'BadCertificate');
  await write(keyFile, second.key);
  await look();
  assert.equal(files.publicKeySha256, digestOf(second));
});

test('files that are no pair to begin with are refused', async (t) => {
  const { certificateFile, keyFile, write, clock, log } = await openPair(t, first);
  await write(keyFile, second.key);
  const opening = openCertificateFiles({ certificateFile, keyFile }, { clock, log });
  await assert.rejects(opening, { code: 'BadCertificate' });
});

test('nobody looks at the files any more once they are disposed of', async (t) => {
  const { clock, files } = await openPair(t, first);
  assert.equal(clock.pending, 1);
  files[Symbol.dispose]();
  assert.equal(clock.pending, 0);
});
