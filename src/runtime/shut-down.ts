import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import type { Log } from './log.ts';

export interface ShutdownStep {
  /** For the log. */
  name: string;
  /** The signal aborts when the step is late. */
  close(signal: AbortSignal): unknown;
  /** How long the next step waits for this one. Default 5 s. */
  timeoutMs?: number;
}

/**
 * Ends the parts of a program one after the other: what feeds the work first, then the work, then what the work needed. A
 * step that fails or is late is logged and does not keep the next from its turn.
 * @returns whether every step ended well and in time
 */
export async function shutDownInOrder(steps: ShutdownStep[], options: { clock: Clock; log: Log }): Promise<boolean> {
  let isClean = true;
  for (const step of steps) if (!(await close(step, options))) isClean = false;
  return isClean;
}

async function close(step: ShutdownStep, { clock, log }: { clock: Clock; log: Log }): Promise<boolean> {
  const { name, timeoutMs = 5_000 } = step;
  using deadline = new Deadline(clock);
  const late = new Promise<'late'>((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve('late'));
  });
  deadline.set(timeoutMs, () => new Error(`closing ${name} took longer than ${timeoutMs} ms`));
  const started = clock.elapsed();
  const closing = (async () => step.close(deadline.signal))().then(
    () => 'closed' as const,
    (error) => {
      log.error({ step: name, err: error }, 'a step of the shutdown failed');
      return 'failed' as const;
    },
  );
  const outcome = await Promise.race([closing, late]);
  if (outcome === 'late') log.warn({ step: name, timeoutMs }, 'a step of the shutdown is late');
  else log.debug({ step: name, ms: Math.round(clock.elapsed() - started) }, 'a step of the shutdown is over');
  return outcome === 'closed';
}
