import { runController } from '../../runtime/controller.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import type { Participant } from '../participant.ts';

/** One controller: a queue whose keys are reconciled until the participant's signal aborts. */
export function startLoop(
  name: string,
  participant: Participant,
  reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>,
): WorkQueue {
  const queue = new WorkQueue({ clock: participant.clock });
  void runController({ ...participant, name, queue, workers: 4, reconcile, graceMs: 0 });
  return queue;
}
