import type { Clock } from './clock.ts';
import { sleepOn } from './sleep.ts';

/** `setTimeout` fires at once for anything longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after,
  sleep: (ms, signal) => sleepOn(after, ms, signal),
};

function after(ms: number, callback: () => void): () => void {
  // What nearly all timers are takes the least memory: an idle connection is hardly more than its timers.
  if (ms <= LONGEST_TIMER_MS) {
    const timer = setTimeout(callback, Math.max(0, ms));
    return () => clearTimeout(timer);
  }
  return inSteps(ms, callback);
}

function inSteps(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (left: number): void => {
    const step = Math.min(left, LONGEST_TIMER_MS);
    timer = setTimeout(() => (left > step ? arm(left - step) : callback()), step);
  };
  arm(ms);
  return () => clearTimeout(timer);
}
