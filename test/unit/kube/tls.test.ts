import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { type Answer, ScriptedApiServer, sendJson } from '../../support/scripted-api-server.ts';
import { newAuthority } from '../../support/test-certificates.ts';

const GET = { method: 'GET', path: '/version', idempotent: true } as const;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const authority = newAuthority('test-authority');

/** Tells the caller who it is by its certificate. */
const whoAmI: Answer = ({ socket }, response) => {
  sendJson(response, 200, { name: (socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody' });
};

async function startTls(t: TestContext): Promise<ScriptedApiServer> {
  const tls = { ...authority.issue('server'), ca: authority.cert, requestCert: true, rejectUnauthorized: false };
  const server = await ScriptedApiServer.start(whoAmI, tls);
  t.after(() => server.close());
  return server;
}

function transportTo(t: TestContext, kubeconfig: string) {
  const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock: systemClock });
  t.after(() => transport.close());
  return transport;
}

test('a client certificate from the kubeconfig lets in', async (t) => {
  const server = await startTls(t);
  const { cert, key } = authority.issue('alice');
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
  const cluster = { 'certificate-authority-data': base64(authority.cert) };
  const transport = transportTo(t, server.kubeconfig(user, cluster));
  assert.deepEqual(await transport.call(GET), { name: 'alice' });
});

test('a server of another authority is not talked to', async (t) => {
  const server = await startTls(t);
  const cluster = { 'certificate-authority-data': base64(newAuthority('other').cert) };
  const transport = transportTo(t, server.kubeconfig({ token: 'x' }, cluster));
  await assert.rejects(transport.call(GET), { code: 0, reason: 'CertificateInvalid' });
  assert.equal(server.requests.length, 0);
});

test('a certificate that is replaced on disk counts from the next call, on a new connection', async (t) => {
  const server = await startTls(t);
  const folder = mkdtempSync(join(tmpdir(), 'kube-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const write = (name: string): void => {
    const pair = authority.issue(name);
    writeFileSync(files.cert, pair.cert);
    writeFileSync(files.key, pair.key);
  };
  write('before');
  const cluster = { 'certificate-authority-data': base64(authority.cert) };
  const user = { 'client-certificate': files.cert, 'client-key': files.key };
  const transport = transportTo(t, server.kubeconfig(user, cluster));
  assert.deepEqual(await transport.call(GET), { name: 'before' });
  write('after');
  assert.deepEqual(await transport.call(GET), { name: 'after' });
});
