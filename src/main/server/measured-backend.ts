import type { Clock } from '../../runtime/clock.ts';
import type { CreatePhase, HandOutMetrics } from '../../server/server-metrics.ts';
import type {
  ContainerBackend,
  ContainerClaim,
  ContainerRecord,
  WarmClaim,
} from '../../virtualization/container-backend.ts';
import type { ContainerCredentials } from '../../virtualization/container-credentials.ts';

/**
 * A backend that tells how long the phases of a CREATE take. What happens between two calls of it is a phase too: from
 * where the machine runs to the hand-over somebody logs in, and from there to the delivery the reply is sent.
 */
export class MeasuredBackend implements ContainerBackend {
  readonly #backend: ContainerBackend;
  readonly #metrics: Pick<HandOutMetrics, 'phaseTook'>;
  readonly #clock: Clock;
  /** When the last phase of a container ended, by its instance. Whatever was claimed is delivered or destroyed. */
  readonly #since = new Map<string, number>();

  constructor(backend: ContainerBackend, metrics: Pick<HandOutMetrics, 'phaseTook'>, clock: Clock) {
    this.#backend = backend;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  get isoSha256(): string {
    return this.#backend.isoSha256;
  }

  get endpoint(): ContainerBackend['endpoint'] {
    return this.#backend.endpoint;
  }

  available(): number {
    return this.#backend.available();
  }

  async claimWarm(claim: WarmClaim, signal: AbortSignal): Promise<ContainerRecord | undefined> {
    const began = this.#clock.elapsed();
    const record = await this.#backend.claimWarm?.(claim, signal);
    if (record) this.#begin(record, began);
    return record;
  }

  async claim(claim: ContainerClaim, signal: AbortSignal): Promise<ContainerRecord> {
    const began = this.#clock.elapsed();
    const record = await this.#backend.claim(claim, signal);
    this.#begin(record, began);
    return record;
  }

  async started(record: ContainerRecord, signal: AbortSignal): Promise<{ address: string; port?: number | undefined }> {
    const where = await this.#backend.started(record, signal);
    this.#ended('boot', record);
    return where;
  }

  async handOver(record: ContainerRecord, credentials: ContainerCredentials, signal: AbortSignal): Promise<void> {
    this.#ended('login', record);
    await this.#backend.handOver(record, credentials, signal);
    this.#ended('secret', record);
  }

  async delivered(record: ContainerRecord, signal: AbortSignal): Promise<void> {
    this.#ended('reply', record);
    this.#since.delete(record.instanceId);
    await this.#backend.delivered(record, signal);
  }

  find(uuid: string, signal: AbortSignal): Promise<ContainerRecord | undefined> {
    return this.#backend.find(uuid, signal);
  }

  async destroy(record: ContainerRecord, signal: AbortSignal): Promise<void> {
    this.#since.delete(record.instanceId);
    await this.#backend.destroy(record, signal);
  }

  #begin(record: ContainerRecord, began: number): void {
    this.#since.set(record.instanceId, began);
    this.#ended('claim', record);
  }

  #ended(phase: CreatePhase, { instanceId, isWarm }: ContainerRecord): void {
    const since = this.#since.get(instanceId);
    if (since === undefined) return;
    const now = this.#clock.elapsed();
    this.#metrics.phaseTook(phase, isWarm ? 'warm' : 'cold', now - since);
    this.#since.set(instanceId, now);
  }
}
