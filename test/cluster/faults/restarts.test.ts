/** As faults.test.ts, on a control plane of its own whose programs are killed and started again. */
import { after, before, test } from 'node:test';
import {
  type RealControlPlane,
  startRealControlPlane,
} from '../../../src/embedded/controlplane/start-real-control-plane.ts';
import { runFolder } from '../../../src/main/demo/folders.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { suite } from '../../support/suite.ts';
import { startStage } from './stage.ts';

const programs = process.env.CONTROL_PLANE_PROGRAMS;
const skip = !programs && 'no programs of a real control plane: see the start of this run';
const START_MS = 120_000;

suite('a reflector of an API server that goes away', skip, () => {
  let plane: RealControlPlane;
  let folder: Awaited<ReturnType<typeof runFolder>>;
  before(async () => {
    folder = await runFolder('restarts');
    plane = await startRealControlPlane({
      programs: programs ?? '',
      folder: `${folder.path}/control-plane`,
      clock,
      signal: AbortSignal.timeout(START_MS),
    });
  });
  after(async () => {
    await plane?.close();
    await folder.remove();
  });

  for (const [what, restart] of [
    ['API server', 'restartApiServer'],
    ['etcd', 'restartEtcd'],
  ] as const) {
    test(`the ${what} is killed and started again, twice`, { timeout: START_MS }, async (t) => {
      const stage = await startStage(plane, { mayFail: true });
      t.after(stage.end);
      await stage.working();
      for (let time = 1; time <= 2; time += 1) {
        await plane[restart](t.signal);
        await stage.workload.more(30);
      }
      await stage.verify(t.signal, { missed: true });
    });
  }
});
