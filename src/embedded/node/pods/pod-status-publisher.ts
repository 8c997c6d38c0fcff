import { KubeError } from '../../../kube/errors.ts';
import { Pod } from '../../../kube/resources.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import { type PodCondition, type PodFacts, podStatus } from './pod-status.ts';

const RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** Writes a pod's status whenever it has changed; one request at a time, and none when nothing differs. */
export class PodStatusPublisher {
  readonly #participant: Participant;
  readonly #facts: () => PodFacts;
  #pod: Pod;
  #conditions: PodCondition[] = [];
  #written = '';
  #dirty = false;
  #loop: Promise<void> | undefined;

  constructor(participant: Participant, pod: Pod, facts: () => PodFacts) {
    this.#participant = participant;
    this.#pod = pod;
    this.#facts = facts;
  }

  /** The pod as the API server has it now: its readiness gates count for its readiness. */
  update(pod: Pod): void {
    this.#pod = pod;
    this.changed();
  }

  changed(): void {
    this.#dirty = true;
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
      if (this.#dirty && !this.#participant.signal.aborted) this.changed();
    });
  }

  /** Resolves when everything told so far is written, or can't be. */
  async settled(): Promise<void> {
    while (this.#loop) await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, signal, log } = this.#participant;
    // What is told in one go is written in one go.
    await Promise.resolve();
    let failures = 0;
    while (this.#dirty && !signal.aborted) {
      this.#dirty = false;
      try {
        await this.#write();
        failures = 0;
      } catch (error) {
        if (error instanceof KubeError && (error.code === 404 || error.code === 409)) return;
        failures += 1;
        log.warn({ pod: this.#pod.metadata.name, err: error }, 'pod status not written');
        await clock.sleep(Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** failures), signal).catch(() => undefined);
        this.#dirty = true;
      }
    }
  }

  async #write(): Promise<void> {
    const { client, clock, signal } = this.#participant;
    const now = timestamp(clock.now());
    const status = podStatus(this.#pod, this.#facts(), this.#conditions, now);
    const text = JSON.stringify(status);
    if (text === this.#written) return;
    const { name, namespace = '', uid = '' } = this.#pod.metadata;
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid }, status };
    await client.apply(Pod, object, { fieldManager: 'kubelet', force: true, subresource: 'status', signal });
    this.#written = text;
    this.#conditions = status.conditions ?? [];
  }
}
