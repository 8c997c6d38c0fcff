import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type {
  ContainerBackend,
  ContainerClaim,
  ContainerRecord,
  WarmClaim,
} from '../../src/virtualization/container-backend.ts';
import type { ContainerCredentials } from '../../src/virtualization/container-credentials.ts';
import { VirtualizationError } from '../../src/virtualization/errors.ts';
import { MemoryMachine } from './memory-machine.ts';

export interface MemoryContainerBackendOptions {
  /** Default 2. */
  slots?: number;
  /** Runs before the machine counts as started, as booting does. */
  boot?: (signal: AbortSignal) => Promise<void>;
  /** Machines that run before anybody asks for them, in the order in which they are claimed. They hold slots too. */
  warm?: WarmMachine[];
}

/** A warm machine that is fit, or how it fails whoever gets it. */
export type WarmMachine = 'good' | 'dead' | 'refusing' | 'hanging';

/** What warm machines have booted: not what machines boot now. */
export const WARM_ISO_SHA256 = '3c'.repeat(32);

interface Slot {
  record: ContainerRecord;
  machine: MemoryMachine;
  address: string;
  warm?: WarmMachine;
  credentials?: ContainerCredentials;
  delivered: boolean;
}

/** Containers that are no machines: each is an SSH server on loopback, reached at its own address and at 127.0.0.1. */
export class MemoryContainerBackend implements ContainerBackend, AsyncDisposable {
  readonly isoSha256 = '5f'.repeat(32);
  readonly endpoint = { username: 'endpoint', password: 'endpoint', port: 0 };
  /** By UUID. */
  readonly containers = new Map<string, Slot>();
  /** How many were claimed since the start. */
  claimed = 0;
  /** Those that nobody has claimed. */
  readonly warm: WarmMachine[];
  readonly #options: MemoryContainerBackendOptions;
  readonly #network = `127.${64 + (process.pid % 128)}.${Math.floor(Math.random() * 256)}`;

  constructor(options: MemoryContainerBackendOptions = {}) {
    this.#options = options;
    this.warm = [...(options.warm ?? [])];
  }

  available(): number {
    return (this.#options.slots ?? 2) - this.containers.size;
  }

  async claim({ uuid, clientTokenSha256 }: ContainerClaim, _signal: AbortSignal): Promise<ContainerRecord> {
    if (this.available() - this.warm.length <= 0) throw new VirtualizationError('NoFreeSlot', 'all slots are taken');
    return this.#start({ uuid, clientTokenSha256 });
  }

  async claimWarm({ clientTokenSha256Of }: WarmClaim, _signal: AbortSignal): Promise<ContainerRecord | undefined> {
    const warm = this.warm.shift();
    if (!warm) return undefined;
    const uuid = randomUUID();
    const owned = {
      uuid,
      clientTokenSha256: await clientTokenSha256Of(uuid),
      isoSha256: WARM_ISO_SHA256,
      isWarm: true,
    };
    return this.#start(owned, warm);
  }

  async #start(
    claimed: Omit<ContainerRecord, 'listenPort' | 'instanceId'>,
    warm?: WarmMachine,
  ): Promise<ContainerRecord> {
    const { uuid } = claimed;
    this.claimed += 1;
    const address = `${this.#network}.${this.claimed}`;
    const machine = new MemoryMachine(warm === 'refusing' ? 'another password' : 'endpoint');
    const starting = { ...claimed, listenPort: 1, instanceId: randomUUID() };
    const state = { machine, address, delivered: false, ...(warm && { warm }) };
    this.containers.set(uuid, { record: starting, ...state });
    this.endpoint.port = await machine.listen(address, this.endpoint.port);
    const record = { ...starting, listenPort: await machine.listen('127.0.0.1') };
    this.containers.set(uuid, { record, ...state });
    return record;
  }

  async started(record: ContainerRecord, signal: AbortSignal): Promise<{ address: string }> {
    const { address, warm } = this.#slot(record);
    if (!warm) await this.#options.boot?.(signal);
    if (warm === 'dead') throw new VirtualizationError('NodeLost', 'the machine will not start');
    if (warm === 'hanging') await once(signal, 'abort');
    signal.throwIfAborted();
    return { address };
  }

  async handOver(record: ContainerRecord, credentials: ContainerCredentials, _signal: AbortSignal): Promise<void> {
    this.#slot(record).credentials = credentials;
  }

  async delivered(record: ContainerRecord, _signal: AbortSignal): Promise<void> {
    this.#slot(record).delivered = true;
  }

  async find(uuid: string, _signal: AbortSignal): Promise<ContainerRecord | undefined> {
    return this.containers.get(uuid)?.record;
  }

  async destroy(record: ContainerRecord, _signal: AbortSignal): Promise<void> {
    const slot = this.containers.get(record.uuid);
    this.containers.delete(record.uuid);
    await slot?.machine[Symbol.asyncDispose]();
  }

  /** A container that is there already, without a machine to log into. */
  put(uuid: string, clientToken: string): void {
    const clientTokenSha256 = createHash('sha256').update(clientToken).digest('hex');
    const record = { uuid, clientTokenSha256, listenPort: 10022, instanceId: randomUUID() };
    this.containers.set(uuid, { record, machine: new MemoryMachine(), address: '', delivered: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.containers.values()].map(({ record }) => this.destroy(record, new AbortController().signal)),
    );
  }

  #slot(record: ContainerRecord): Slot {
    const slot = this.containers.get(record.uuid);
    if (!slot) throw new VirtualizationError('StartFailed', 'the machine is gone');
    return slot;
  }
}
