import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import type { Log } from './log.ts';
import type { ControllerMetrics, ReconcileResult } from './metrics.ts';
import { type Outcome, TerminalError, waitOf } from './outcome.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ReconcileOptions {
  /** For the log and the metrics. */
  name: string;
  /** The signal aborts after `reconcileTimeoutMs`, and when the controller ends. */
  reconcile(key: string, signal: AbortSignal): Promise<Outcome>;
  log: Log;
  clock: Clock;
  metrics?: ControllerMetrics | undefined;
  /** Default 2 minutes. */
  reconcileTimeoutMs?: number;
}

/** How long a reconcile may go on after its signal aborted before its worker leaves it alone. */
const UNWIND_MS = 5_000;

/**
 * Reconciles one key, and has the queue try it again when that is due. Resolves when the worker is free: with the end of
 * the reconcile, or 5 s after its signal aborted when it ignores that. Until it ends, its key stays with it.
 */
export async function reconcileKey(
  key: string,
  queue: WorkQueue,
  options: ReconcileOptions,
  running: AbortSignal,
): Promise<void> {
  const { name, log, clock, reconcileTimeoutMs = 120_000 } = options;
  using deadline = new Deadline(clock, running);
  using unwind = new Deadline(clock);
  deadline.set(reconcileTimeoutMs, () => new Error(`the reconcile took longer than ${reconcileTimeoutMs} ms`));
  deadline.signal.addEventListener('abort', () => unwind.set(UNWIND_MS, () => new Error('it ignores its signal')));
  const ignored = new Promise<void>((resolve) => {
    unwind.signal.addEventListener('abort', () => {
      log.error({ controller: name, key }, 'a reconcile ignores its signal');
      resolve();
    });
  });
  const timedOut = (): boolean => deadline.signal.aborted && !running.aborted;
  const ended = settle(key, queue, options, deadline.signal, timedOut).finally(() => queue.done(key));
  await Promise.race([ended, ignored]);
}

async function settle(
  key: string,
  queue: WorkQueue,
  options: ReconcileOptions,
  signal: AbortSignal,
  timedOut: () => boolean,
): Promise<void> {
  const { name, log, clock, metrics } = options;
  const started = clock.elapsed();
  const told = (result: ReconcileResult) => metrics?.reconciled(name, result, (clock.elapsed() - started) / 1000);
  try {
    const wait = waitOf(await options.reconcile(key, signal), clock.now());
    queue.forget(key);
    if (wait !== undefined) queue.addAfter(key, wait);
    told(wait === undefined ? 'success' : 'requeue_after');
  } catch (error) {
    const fields = { controller: name, key, err: error };
    if (error instanceof TerminalError) {
      queue.forget(key);
      log.error(fields, 'reconcile failed for good');
      told('terminal');
    } else {
      log.warn({ ...fields, retryInMs: queue.addRateLimited(key) }, 'reconcile failed');
      told(timedOut() ? 'timeout' : 'error');
    }
  }
}
