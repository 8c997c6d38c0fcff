import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from '../ground/scene.ts';

/** It has looked at everything when it has asked for nothing for so long. */
const SILENT_MS = 700;
const LONGEST_MS = 15_000;
/** Of each kind that it works with. */
const FEWEST_WATCHES = 12;
const LOOK_MS = 25;

/** Whether the operator, however lately it was started, has looked at everything. Of several one only stands by. */
export function hasLooked({ operators, operatorCrossings }: Scene): boolean {
  const [operator, ...others] = operators;
  if (!operator || others.length > 0) return true;
  return hasLookedSince(operatorCrossings.filter(({ at }) => at >= operator.startedAt));
}

function hasLookedSince(crossings: Scene['operatorCrossings']): boolean {
  const watches = crossings.filter(({ query }) => query.has('watch')).length;
  const last = crossings.at(-1)?.at ?? Date.now();
  return watches >= FEWEST_WATCHES && Date.now() - last >= SILENT_MS;
}

/** Crashes the operator, and resolves with what the next one writes until it has nothing to do. */
export async function restartWrites(scene: Scene): Promise<string[]> {
  const [operator] = scene.operators;
  if (!operator || scene.operators.length > 1) return [];
  scene.written.countAnew();
  const before = scene.operatorCrossings.length;
  operator.crash();
  const until = Date.now() + LONGEST_MS;
  while (Date.now() < until) {
    if (hasLookedSince(scene.operatorCrossings.slice(before))) break;
    await sleep(LOOK_MS, undefined, { signal: scene.signal });
  }
  return scene.written.writes.map(({ write }) => write);
}
