import { setTimeout as sleep } from 'node:timers/promises';
import type { Scene } from '../ground/scene.ts';

const LOOK_MS = 25;

/**
 * Resolves with true once `look` is true and nothing has changed or been written for so long; with false when the time is
 * over before.
 */
export async function calm(
  scene: Scene,
  look: () => boolean,
  { stillMs, withinMs }: { stillMs: () => number; withinMs: number },
): Promise<boolean> {
  const since = Date.now();
  while (Date.now() < since + withinMs) {
    // What was begun just before may be on its way.
    const last = Math.max(since, scene.history.lastChangeAt, scene.written.writes.at(-1)?.at ?? 0);
    if (Date.now() - last >= stillMs() && look()) return true;
    await sleep(LOOK_MS, undefined, { signal: scene.signal });
  }
  return false;
}

/** Resolves with true once `look` is true; looks after each change, and with false when the time is over before. */
export async function happens(scene: Scene, look: () => boolean, withinMs: number): Promise<boolean> {
  const late = AbortSignal.timeout(withinMs);
  try {
    await scene.history.until(() => look(), AbortSignal.any([late, scene.signal]));
    return true;
  } catch (error) {
    if (scene.signal.aborted) throw error;
    return look();
  }
}
