import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnweddolAccessToken } from '../../../../src/api/resources.ts';
import { applyTokenStatus } from '../../../../src/operator/tokens/apply-token-status.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { applyToken, soon, startGround } from './token-ground.ts';

test('a status that was made of an older version of a token is not written over a newer one', async () => {
  await using ground = await startGround();
  const { kube } = ground;
  const stale = await applyToken(kube, 'friend', { serverName: 'lab' });
  await kube.mergePatch(AnweddolAccessToken, stale.metadata, { spec: { enabled: false } });
  const finding = { status: 'True', reason: 'TokenUsable', message: 'the server takes it' } as const;
  const context = { kube, clock: systemClock };
  await applyTokenStatus(stale, { finding, known: {} }, context, soon());
  const live = await kube.get(AnweddolAccessToken, stale.metadata);
  assert.ok(live);
  assert.equal(live.status, undefined);
  await applyTokenStatus(live, { finding, known: {} }, context, soon());
  assert.equal((await kube.get(AnweddolAccessToken, stale.metadata))?.status?.conditions?.[0]?.reason, 'TokenUsable');
});
