import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTokenFile } from '../../../../src/server/access/token-file.ts';
import type { ServerInterface } from '../../../../src/server/server-interface.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const TOKEN = randomBytes(93).toString('base64url');
const listed = (token: string) => ({ sha256: createHash('sha256').update(token).digest('hex') });

async function answered(server: ServerInterface, parameters: object, verb = 'STAT'): Promise<string> {
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  const answer = (await runSession(channel, clientRsa, { verb, parameters })) as { message: string };
  channel.destroy();
  return answer.message;
}

/** A list on disk that is read again with each second of the clock. */
async function tokenList(t: TestContext, ...tokens: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'anweddol-tokens-'));
  const path = join(folder, 'tokens.json');
  const write = (...list: string[]) => writeFile(path, JSON.stringify({ tokens: list.map(listed) }));
  await write(...tokens);
  const clock = new FakeClock();
  const log = new RecordedLog();
  const accessTokens = await openTokenFile(path, { clock, log });
  t.after(async () => {
    accessTokens[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });
  let reloads = 0;
  return {
    accessTokens,
    async replace(...list: string[]) {
      await write(...list);
      reloads += 1;
      await clock.advance(1_000);
      await log.line('access tokens reloaded', reloads);
    },
  };
}

test('without its token a request is refused by the answer of the protocol', async (t) => {
  const { accessTokens } = await tokenList(t, TOKEN);
  await using server = await startTestServer({ rsaWrapper, accessTokens });
  assert.equal(await answered(server, {}), 'Bad request (reason : Access token is required)');
  const wrong = randomBytes(93).toString('base64url');
  assert.equal(await answered(server, { access_token: wrong }), 'Bad authentication (reason : Invalid access token)');
  assert.equal(await answered(server, { access_token: 'short' }), 'Bad request (reason : Malformed request)');
  assert.equal(await answered(server, { access_token: TOKEN }), 'OK');
});

test('a token that is added or removed counts from then on, while the server runs', async (t) => {
  const { accessTokens, replace } = await tokenList(t);
  await using server = await startTestServer({ rsaWrapper, accessTokens });
  assert.match(await answered(server, { access_token: TOKEN }), /^Bad authentication/);
  await replace(TOKEN);
  assert.equal(await answered(server, { access_token: TOKEN }), 'OK');
  await replace();
  assert.match(await answered(server, { access_token: TOKEN }), /^Bad authentication/);
});

test('nothing is created for a request without a token', async (t) => {
  const { accessTokens } = await tokenList(t, TOKEN);
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper, accessTokens });
  await answered(server, {}, 'CREATE');
  assert.equal(backend.claimed, 0);
});

test('a server that asks for none does not look at a token', async () => {
  await using server = await startTestServer({ rsaWrapper });
  assert.equal(await answered(server, { access_token: TOKEN }), 'OK');
});
