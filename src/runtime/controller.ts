import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import type { Log } from './log.ts';
import { type Outcome, TerminalError } from './outcome.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ControllerOptions {
  /** For the log. */
  name: string;
  queue: WorkQueue;
  /** How many keys are reconciled at a time; never one key twice at a time. */
  workers: number;
  /** The signal aborts after `reconcileTimeoutMs`, and at the end of the grace after a stop. */
  reconcile(key: string, signal: AbortSignal): Promise<Outcome>;
  log: Log;
  clock: Clock;
  /** Default 2 minutes. */
  reconcileTimeoutMs?: number;
  /** How long running reconciles may go on after a stop. Default 30 s. */
  graceMs?: number;
  /** Stops the controller. */
  signal: AbortSignal;
}

/**
 * Reconciles keys from the queue until the signal aborts; then shuts the queue down, waits for what is running up to the
 * grace, aborts the rest, and resolves. A reconcile that throws is tried again, later each time; it never ends the loop.
 */
export async function runController(options: ControllerOptions): Promise<void> {
  const { name, queue, workers, log, clock, signal, graceMs = 30_000 } = options;
  using running = new Deadline(clock);
  const stop = (): void => {
    queue.shutDown();
    running.set(graceMs, () => new Error(`the controller ${name} stopped`));
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const graceOver = new Promise<void>((resolve) => {
    running.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const loops = Array.from({ length: workers }, () => work(options, running.signal));
  await Promise.race([Promise.all(loops), graceOver]);
  if (running.signal.aborted) log.warn({ controller: name }, 'reconciles still ran at the end of the grace');
  signal.removeEventListener('abort', stop);
}

async function work(options: ControllerOptions, running: AbortSignal): Promise<void> {
  const { queue } = options;
  for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
    await reconcileOnce(options, key, running);
    queue.done(key);
  }
}

async function reconcileOnce(options: ControllerOptions, key: string, running: AbortSignal): Promise<void> {
  const { name, queue, log, clock, reconcileTimeoutMs = 120_000 } = options;
  using deadline = new Deadline(clock, running);
  deadline.set(reconcileTimeoutMs, () => new Error(`the reconcile took longer than ${reconcileTimeoutMs} ms`));
  try {
    const outcome = await options.reconcile(key, deadline.signal);
    queue.forget(key);
    if (outcome.again) queue.addAfter(key, outcome.afterMs);
  } catch (error) {
    const fields = { controller: name, key, err: error };
    if (error instanceof TerminalError) {
      queue.forget(key);
      log.error(fields, 'reconcile failed for good');
    } else {
      log.warn({ ...fields, retryInMs: queue.addRateLimited(key) }, 'reconcile failed');
    }
  }
}
