import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { promisify } from 'node:util';
import { renewalAt, selfSignedCertificate } from '../../../../src/operator/certificates/self-signed.ts';
import { covers, sortNames } from '../../../../src/operator/certificates/wanted-names.ts';
import { KeyPairs } from '../../../../src/operator/keys/key-pairs.ts';

const pair = await new KeyPairs().make(2048);
const names = { dns: ['lab.anweddol.svc', '*.lab.example'], ips: ['127.0.0.1', '2001:db8::5'] };
const pem = await selfSignedCertificate('lab', names, pair, Date.now());

async function startTls(t: TestContext): Promise<number> {
  const server = createServer({ cert: pem, key: pair.privatePem, minVersion: 'TLSv1.3' }, (socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

for (const host of ['127.0.0.1', 'lab.anweddol.svc', 'a.lab.example', '2001:db8::5']) {
  test(`a client that trusts the certificate is content with it for ${host}`, async (t) => {
    const port = await startTls(t);
    const client = connect({ port, host: '127.0.0.1', ca: pem, servername: '', checkServerIdentity });
    function checkServerIdentity(_: string, { raw }: { raw: Buffer }): Error | undefined {
      const shown = new X509Certificate(raw);
      return (host.includes(':') || /^\d/.test(host) ? shown.checkIP(host) : shown.checkHost(host))
        ? undefined
        : new Error(`not for ${host}`);
    }
    await once(client, 'secureConnect');
    assert.equal(client.authorized, true);
    client.destroy();
  });
}

test('OpenSSL takes the certificate for a server of each of its names, and of no other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'self-signed-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'tls.crt');
  await writeFile(file, pem);
  const verify = (...of: string[]) =>
    promisify(execFile)('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file, ...of, file]);
  for (const of of [
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '2001:db8::5'],
    ['-verify_hostname', 'lab.anweddol.svc'],
  ]) {
    assert.match((await verify(...of)).stdout, /: OK/, of.join(' '));
  }
  await assert.rejects(verify('-verify_hostname', 'other.anweddol.svc'), /hostname mismatch/i);
});

test('a certificate lives for a year, and is renewed when a third of that is left', () => {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  const [notBefore, notAfter] = [validFromDate.getTime(), validToDate.getTime()];
  const day = 86_400_000;
  assert.equal(Math.round((notAfter - notBefore) / day), 365);
  assert.equal(Math.round((notAfter - renewalAt({ notBefore, notAfter })) / day), 122);
});

test('a certificate covers its names and fewer, in whatever form an address is written', () => {
  const certificate = new X509Certificate(pem);
  assert.equal(covers(certificate, names), true);
  assert.equal(covers(certificate, { dns: [], ips: ['2001:db8:0:0::5'] }), true);
  assert.equal(covers(certificate, { dns: ['lab'], ips: [] }), false);
  assert.equal(covers(certificate, { dns: [], ips: ['127.0.0.2'] }), false);
});

test('names are told from addresses, and come once', () => {
  assert.deepEqual(sortNames(['Lab.example', 'lab.example', '10.0.0.1', '::1']), {
    dns: ['lab.example'],
    ips: ['10.0.0.1', '::1'],
  });
});
