import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedControlPlane } from '../../support/control-plane.ts';
import type { Fault } from '../../support/misbehaving-proxy/fault.ts';
import { suite } from '../../support/suite.ts';
import { type Stage, startStage } from './stage.ts';

const skip = !process.env.CONTROL_PLANE && 'no real control plane: see the start of this run';

suite('a reflector of a real API server that goes wrong', skip, () => {
  const always = (fault: Fault) => (stage: Stage) => {
    stage.proxy.misbehave({ on: () => true, ...fault });
    stage.proxy.cut();
  };
  for (const [what, begin] of [
    ['frozen', (stage: Stage) => stage.proxy.freeze()],
    ['refused', always({ answer: 503 })],
    ['cut off', always({ cut: true })],
  ] as const) {
    test(`stopped while it is ${what}, it leaves nothing behind`, { timeout: 60_000 }, async () => {
      const connection = await sharedControlPlane();
      assert.ok(connection);
      const stage = await startStage(connection, { watchInactivityMs: 300, callTimeoutMs: 300 });
      try {
        await stage.working();
        begin(stage);
        await stage.failure(2);
      } finally {
        await stage.end();
      }
    });
  }
});
