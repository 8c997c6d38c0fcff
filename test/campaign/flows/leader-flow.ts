/** Two operators: one takes the lease and renews it, ends and gives it back, and the other one takes it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Lease } from '../../../src/kube/resources.ts';
import type { OperatorProcess } from '../ground/operator-process.ts';
import type { Scene } from '../ground/scene.ts';
import { committed } from '../ground/written.ts';
import { type Flow, PODLESS } from './flow.ts';
import { editServer, isSettled } from './server.ts';

const LEASE = 'anweddol-operator';
/** Of a leader that was killed the lease has to run out, after 15 s. */
const LED_MS = 30_000;
const LOOK_MS = 50;

export const LEADER_FLOW: Flow = {
  name: 'leader-change',
  spec: PODLESS,
  operators: 2,
  slackMs: 20_000,
  prepare: async (scene) => {
    // The check of the ISO is to be cleared away before nobody is there to do it.
    await happens(scene, () => isSettled(scene) && scene.history.ofKind('Pod').length === 0);
    await Promise.all(scene.operators.map((operator) => operator.stop()));
    await scene.ground.admin.delete(Lease, { namespace: scene.namespace, name: LEASE });
  },
  act: changeLeader,
};

async function changeLeader(scene: Scene): Promise<void> {
  for (const operator of scene.operators) operator.start();
  await happens(scene, () => renewals(scene) > 0);
  await edit(scene, 3);
  // Who is to die has died.
  if (scene.armed?.isOver) return edit(scene, 4);
  const before = renewals(scene);
  const leader = await leaderOf(scene);
  await leader?.stop();
  leader?.start();
  await happens(scene, () => renewals(scene) > before);
  await edit(scene, 4);
}

/** The leader does it; it may be another one by then. */
async function edit(scene: Scene, maxRunning: number): Promise<void> {
  await editServer(scene, { containers: { maxRunning } });
  await happens(scene, () => isDone(scene, maxRunning));
}

function isDone(scene: Scene, maxRunning: number): boolean {
  const { maxRunning: seen } = (scene.server?.spec?.containers ?? {}) as { maxRunning?: number };
  return seen === maxRunning && isSettled(scene);
}

function renewals({ written }: Scene): number {
  return committed(written.leases).filter((write) => write.includes('=renewed#')).length;
}

/** By the name that it gave itself, which it tells when it leads. */
async function leaderOf({ ground, namespace, operators, signal }: Scene): Promise<OperatorProcess | undefined> {
  const lease = await ground.admin.get(Lease, { namespace, name: LEASE }, { signal });
  const holder = lease?.spec?.holderIdentity;
  return holder ? operators.find(({ output }) => output.includes(holder)) : undefined;
}

/** What never comes is found by others. */
async function happens(scene: Scene, look: () => boolean): Promise<void> {
  const late = Date.now() + LED_MS;
  await scene.idly(async () => {
    while (!look() && Date.now() < late) await sleep(LOOK_MS, undefined, { signal: scene.signal });
  });
}
