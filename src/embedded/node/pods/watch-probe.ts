import type { Clock } from '../../../runtime/clock.ts';
import { Deadline } from '../../../runtime/deadline.ts';
import type { Probe } from './probe-target.ts';

/** Asks once; resolves with what was wrong, or undefined. */
export type Ask = (signal: AbortSignal) => Promise<string | undefined>;

const PROBE_DEFAULTS = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};

/** How soon to ask again before the first good answer: what has just started is ready at any moment. */
const EAGER_SECONDS = 0.25;

/**
 * Asks once per period and tells each time the answer turns: true after `successThreshold` good answers in a row, false
 * after `failureThreshold` bad ones. Ends when the signal aborts.
 * @param initially what is assumed before the first answer; where that is false, the first good one is looked for often
 */
export async function watchProbe(
  probe: Probe,
  ask: Ask,
  initially: boolean | undefined,
  tell: (holds: boolean, problem: string | undefined) => void,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, successThreshold, failureThreshold } = {
    ...PROBE_DEFAULTS,
    ...probe,
  };
  let holds = initially;
  let streak = { good: true, length: 0 };
  let wait = initialDelaySeconds;
  let isEager = initially === false;
  while (true) {
    await clock.sleep(wait * 1000, signal).catch(() => undefined);
    if (signal.aborted) return;
    using deadline = new Deadline(clock, signal);
    deadline.set(timeoutSeconds * 1000, () => new Error('the probe timed out'));
    const problem = await ask(deadline.signal);
    if (signal.aborted) return;
    const good = problem === undefined;
    if (good) isEager = false;
    wait = isEager ? Math.min(EAGER_SECONDS, periodSeconds) : periodSeconds;
    streak = { good, length: streak.good === good ? streak.length + 1 : 1 };
    if (holds === good || streak.length < (good ? successThreshold : failureThreshold)) continue;
    holds = good;
    tell(good, problem);
  }
}
