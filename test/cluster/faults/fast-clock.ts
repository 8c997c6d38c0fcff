import type { Clock } from '../../../src/runtime/clock.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';

/** Real time, `factor` times as fast: a wait of 30 s is over after one and a half at 20. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    elapsed: () => systemClock.elapsed() * factor,
    after: (ms, callback) => systemClock.after(ms / factor, callback),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
