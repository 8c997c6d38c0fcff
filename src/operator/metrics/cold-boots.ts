import { LABEL_STATE } from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { ageOf, serverNameOf } from './machine-facts.ts';
import type { OperatorMetrics } from './operator-metrics.ts';

/** Machines that server pods boot for clients who wait: the operator sees them come, and then be ready or go. */
export class ColdBoots {
  readonly #metrics: Pick<OperatorMetrics, 'bootSucceeded' | 'bootFailed'>;
  readonly #clock: Clock;
  /** Uids. */
  readonly #booting = new Set<string>();

  constructor(metrics: Pick<OperatorMetrics, 'bootSucceeded' | 'bootFailed'>, clock: Clock) {
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** As the listener of a store: `previous` is absent at first sight, `current` when it is gone. */
  see(current: VirtualMachineInstance | undefined, previous: VirtualMachineInstance | undefined): void {
    const vmi = current ?? previous;
    if (!vmi) return;
    const { uid = '', labels, deletionTimestamp } = vmi.metadata;
    const state = labels?.[LABEL_STATE];
    // One that was booted ahead of demand is not claimed when it is first seen.
    if (!previous && state === 'claimed') this.#booting.add(uid);
    const isOver = !current || deletionTimestamp !== undefined;
    if ((!isOver && state !== 'ready') || !this.#booting.delete(uid)) return;
    if (isOver) this.#metrics.bootFailed(serverNameOf(vmi), 'cold');
    else this.#metrics.bootSucceeded(serverNameOf(vmi), 'cold', ageOf(vmi, this.#clock.now()));
  }
}
