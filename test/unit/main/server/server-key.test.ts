import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverKey } from '../../../../src/main/server/server-key.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';

test('a onetime key is made at the start, of the size asked for, and its fingerprint is logged', async () => {
  const log = new RecordedLog();
  const make = () => serverKey({ onetimeKey: { bits: 2048 } }, '/nonexistent', log);
  const [one, other] = await Promise.all([make(), make()]);
  assert.equal(one.blockBytes, 256);
  assert.notEqual(one.publicKeySha256, other.publicKeySha256);
  const logged = log.entries.map(({ fields }) => fields);
  assert.deepEqual(
    logged.map(({ sha256 }) => sha256).toSorted(),
    [one.publicKeySha256, other.publicKeySha256].toSorted(),
  );
});

test('without one the mounted key is read', async () => {
  await assert.rejects(serverKey({}, '/nonexistent/private.pem', new RecordedLog()), { code: 'ENOENT' });
});
