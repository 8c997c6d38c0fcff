/** Containers that were to go and do not. */
import { REASONS } from '../../api/reasons.ts';
import type { Pod, VirtualMachineInstance } from '../../kube/resources.ts';

/** From when on a machine that ends is said to be stuck. */
export const STUCK_AFTER_MS = 120_000;
/** How often that is said. */
export const TELL_AGAIN_MS = 600_000;

/** What a machine that ends waits for; pure. */
export function stuckNote({ metadata }: VirtualMachineInstance, launcher: Pod | undefined): string {
  const finalizers = metadata.finalizers ?? [];
  const waits = finalizers.length > 0 ? `finalizers: ${finalizers.join(', ')}` : 'no finalizer';
  return `${REASONS.StuckTerminating.means} Since ${metadata.deletionTimestamp}; ${waits}${podNote(launcher)}.`;
}

function podNote(launcher: Pod | undefined): string {
  if (!launcher) return '; no launcher pod is known';
  const { name, deletionTimestamp } = launcher.metadata;
  const node = launcher.spec?.nodeName ? ` on node ${launcher.spec.nodeName}` : '';
  const state = deletionTimestamp ? `is being deleted since ${deletionTimestamp}` : 'is not being deleted';
  return `; its launcher pod ${name}${node} ${state}`;
}

/** When each stuck container was last told of, so that it is told of now and then and not each time it is looked at. */
export class StuckContainers {
  /** By the key of the container; times by `Clock.elapsed`. */
  readonly #told = new Map<string, { uid: string; at: number }>();

  /** Milliseconds until it is to be told of (again); 0 is now. */
  wait(key: string, uid: string, now: number): number {
    const told = this.#told.get(key);
    return told?.uid === uid ? Math.max(0, told.at + TELL_AGAIN_MS - now) : 0;
  }

  told(key: string, uid: string, now: number): void {
    this.#told.set(key, { uid, at: now });
  }

  forget(key: string): void {
    this.#told.delete(key);
  }
}
