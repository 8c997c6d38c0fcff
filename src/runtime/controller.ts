import { Deadline } from './deadline.ts';
import { type ReconcileOptions, reconcileKey } from './reconcile-key.ts';
import type { Watch } from './watch.ts';
import { WorkQueue } from './work-queue.ts';

export interface ControllerOptions extends ReconcileOptions {
  /** What is reconciled when it changes. None: whoever has the queue adds the keys. */
  watches?: Watch[];
  /** Shut down when the controller stops. Default: one of its own, without metrics. */
  queue?: WorkQueue;
  /** How many keys are reconciled at a time; never one key twice at a time. */
  workers: number;
  /** How long running reconciles may go on after a stop. Default 30 s. */
  graceMs?: number;
  /** Stops the controller. */
  signal: AbortSignal;
  /** Stops it without a grace: nothing may be written any more, as when leadership is lost. */
  abandon?: AbortSignal;
}

/** Until it is said that caches take long. */
const SYNC_PATIENCE_MS = 60_000;

/**
 * Reconciles what its watches tell, and what is added to its queue, once the watches that must be are synced, until the
 * signal aborts; then shuts the queue down, waits for what is running up to the grace, aborts the rest, and resolves when
 * that has ended, or 5 s later. A reconcile that throws is tried again, later each time; it never ends the loop, and
 * neither does one that hangs.
 */
export async function runController(options: ControllerOptions): Promise<void> {
  const { name, log, clock, signal, abandon, watches = [], workers, graceMs = 30_000 } = options;
  const queue = options.queue ?? new WorkQueue({ clock, name });
  using running = new Deadline(clock, abandon);
  const crew = new Crew(options, queue, running.signal);
  const stop = (): void => {
    queue.shutDown();
    running.set(graceMs, () => {
      log.warn({ controller: name, reconciles: crew.active }, 'reconciles still ran at the end of the grace');
      return new Error(`the controller ${name} stopped`);
    });
  };
  const stopping = abandon ? AbortSignal.any([signal, abandon]) : signal;
  const unsubscribe = watches.map((watch) => watch.feed(queue));
  if (stopping.aborted) stop();
  else stopping.addEventListener('abort', stop, { once: true });
  try {
    if (await synced(options, stopping)) await crew.work(workers);
  } finally {
    stopping.removeEventListener('abort', stop);
    for (const end of unsubscribe) end();
    queue.shutDown();
  }
}

/** A reconcile that looks into an empty cache would write what is there already. False when it was stopped first. */
async function synced({ name, watches = [], clock, log }: ControllerOptions, stopping: AbortSignal): Promise<boolean> {
  const needed = watches.filter(({ mayBeAbsent }) => !mayBeAbsent);
  const cancel = clock.after(SYNC_PATIENCE_MS, () =>
    log.warn({ controller: name }, 'a controller still waits for its caches'),
  );
  try {
    await Promise.all(needed.map((watch) => watch.synced(stopping)));
  } catch (error) {
    if (!stopping.aborted) throw error;
  } finally {
    cancel();
  }
  return !stopping.aborted;
}

class Crew {
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #running: AbortSignal;
  active = 0;

  constructor(options: ControllerOptions, queue: WorkQueue, running: AbortSignal) {
    this.#options = options;
    this.#queue = queue;
    this.#running = running;
  }

  /** Ends with the queue. */
  async work(workers: number): Promise<void> {
    this.#options.metrics?.workers(this.#options.name, workers);
    await Promise.all(Array.from({ length: workers }, () => this.#loop()));
  }

  async #loop(): Promise<void> {
    for (let key = await this.#queue.get(); key !== undefined; key = await this.#queue.get()) {
      this.#count(1);
      await reconcileKey(key, this.#queue, this.#options, this.#running);
      this.#count(-1);
    }
  }

  #count(change: number): void {
    this.active += change;
    this.#options.metrics?.active(this.#options.name, this.active);
  }
}
