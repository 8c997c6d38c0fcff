import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AccessSettings } from '../../../../src/api/access-settings.ts';
import { accessOptions } from '../../../../src/main/server/access-options.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { newAuthority } from '../../../support/test-certificates.ts';

const TOKEN = 'a'.repeat(124);

/** The files of a pod, in a folder of their own; and what they are opened with. */
async function pod(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'anweddol-access-'));
  const files = new AsyncDisposableStack();
  const clock = new FakeClock();
  t.after(async () => {
    await files.disposeAsync();
    assert.equal(clock.pending, 0);
    await rm(folder, { recursive: true });
  });
  const { cert, key } = newAuthority('authority').issue('server');
  const sha256 = createHash('sha256').update(TOKEN).digest('hex');
  const write = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const paths = {
    accessTokens: await write('tokens.json', JSON.stringify({ tokens: [{ sha256 }] })),
    tlsCertificate: await write('tls.crt', cert),
    tlsKey: await write('tls.key', key),
    webCertificate: await write('web.crt', cert),
    webKey: await write('web.key', key),
  };
  const open = (settings: object) =>
    accessOptions(AccessSettings.parse(settings), files, { clock, log: new RecordedLog() }, paths);
  return { open };
}

test('by default no door is open but the one of the protocol, and addresses are not known', async (t) => {
  const { open } = await pod(t);
  assert.deepEqual(await open({}), { maxConnections: 2048, clientAddresses: 'unknown' });
});

test('each door of the settings is opened with its files', async (t) => {
  const { open } = await pod(t);
  const { accessTokens, tls, web, ...plain } = await open({
    clientAddress: 'proxyProtocol',
    trustedProxies: ['10.0.0.0/8'],
    ipFilter: { deny: ['192.0.2.0/24'] },
    accessTokens: { required: true },
    tls: { enabled: true },
    web: { enabled: true, port: 8443, tls: true },
    maxConnections: 16,
  });
  assert.deepEqual(plain, {
    maxConnections: 16,
    clientAddresses: 'known',
    trustedProxies: ['10.0.0.0/8'],
    ipFilter: { allow: [], deny: ['192.0.2.0/24'] },
  });
  assert.deepEqual([accessTokens?.isValid(TOKEN), accessTokens?.isValid('b'.repeat(124))], [true, false]);
  assert.ok(tls?.current);
  assert.ok(web?.tls?.current);
  assert.equal(web.listenPort, 8443);
});

const wrong: Record<string, object> = {
  ipFilter: { ipFilter: { deny: ['192.0.2.0/24'] } },
  trustedProxies: { clientAddress: 'proxyProtocol' },
};
for (const [field, settings] of Object.entries(wrong)) {
  test(`settings whose ${field} cannot work are refused by that name`, () => {
    const result = AccessSettings.safeParse(settings);
    assert.deepEqual(
      result.error?.issues.map(({ path }) => path),
      [[field]],
    );
  });
}
