import { isConflict } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { Pod } from '../../kube/resources.ts';
import type { Participant } from '../participant.ts';
import type { Tenant } from './tenant.ts';

const RETRY_MS = 500;

/** The pods that are bound to this node: each is taken in once, and let go when its object goes. */
export class Tenants {
  readonly #participant: Participant;
  readonly #take: (pod: Pod) => Tenant;
  readonly #release: (pod: Pod) => void;
  readonly #tenants = new Map<string, Tenant>();
  readonly #leaving = new Map<string, Promise<void>>();

  /**
   * @param take begins to run a pod
   * @param release gives back what `take` has taken, when nothing of the pod runs any more
   */
  constructor(participant: Participant, take: (pod: Pod) => Tenant, release: (pod: Pod) => void) {
    this.#participant = participant;
    this.#take = take;
    this.#release = release;
  }

  list(): Tenant[] {
    return [...this.#tenants.values()];
  }

  get(uid: string): Tenant | undefined {
    return this.#tenants.get(uid);
  }

  /** A pod of this node was added or changed. */
  update(pod: Pod): void {
    const { uid = '', deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    if (this.#leaving.has(uid)) return;
    const tenant = this.#tenants.get(uid);
    if (deletionTimestamp) this.#leave(pod, deletionGracePeriodSeconds ?? 0, true);
    else if (tenant) tenant.update(pod);
    else if (!isOver(pod)) this.#tenants.set(uid, this.#take(pod));
  }

  /** The pod's object is gone: nobody waits for its grace. */
  remove(pod: Pod): void {
    if (!this.#leaving.has(pod.metadata.uid ?? '')) this.#leave(pod, 0, false);
  }

  /** Ends everything at once. */
  async close(): Promise<void> {
    await Promise.all([...this.list().map((tenant) => tenant.end(0)), ...this.#leaving.values()]);
    this.#tenants.clear();
  }

  #leave(pod: Pod, graceSeconds: number, hasObject: boolean): void {
    const { uid = '' } = pod.metadata;
    const leaving = this.#end(pod, graceSeconds, hasObject)
      .catch((error) => this.#participant.log.error({ pod: keyOf(pod.metadata), err: error }, 'pod not ended'))
      .finally(() => this.#leaving.delete(uid));
    this.#leaving.set(uid, leaving);
  }

  async #end(pod: Pod, graceSeconds: number, hasObject: boolean): Promise<void> {
    const { uid = '' } = pod.metadata;
    const tenant = this.#tenants.get(uid);
    await tenant?.end(graceSeconds);
    this.#tenants.delete(uid);
    if (tenant) this.#release(pod);
    if (hasObject) await this.#deleteObject(pod);
  }

  /** The pod has ended: its object may go. Tried until it is gone. */
  async #deleteObject(pod: Pod): Promise<void> {
    const { client, clock, log, signal } = this.#participant;
    const { uid, ...name } = pod.metadata;
    while (!signal.aborted) {
      try {
        await client.delete(Pod, name, { gracePeriodSeconds: 0, ...(uid && { uid }), signal });
        return;
      } catch (error) {
        if (isConflict(error) || signal.aborted) return;
        log.warn({ pod: keyOf(pod.metadata), err: error }, 'pod object not deleted');
        await clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }
}

function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
