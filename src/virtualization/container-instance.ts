import { timingSafeEqual } from 'node:crypto';
import type { ContainerBackend, ContainerRecord } from './container-backend.ts';
import type { ContainerCredentials } from './container-credentials.ts';
import { type EndpointShellInstance, openEndpointShell } from './endpoint-shell-instance.ts';
import { tokenDigest } from './token-digest.ts';

/** One container, from its claim to its end. Holds no state of its own: all of it lives on the platform. */
export class ContainerInstance {
  readonly #backend: ContainerBackend;
  readonly #record: ContainerRecord;
  readonly #isoSha256: string | undefined;

  /** @param isoSha256 of the ISO that it boots from; default: what its record says, or the backend's */
  constructor(backend: ContainerBackend, record: ContainerRecord, isoSha256?: string) {
    this.#backend = backend;
    this.#record = record;
    this.#isoSha256 = isoSha256;
  }

  getUUID(): string {
    return this.#record.uuid;
  }

  getISOChecksum(): string {
    return this.#isoSha256 ?? this.#record.isoSha256 ?? this.#backend.isoSha256;
  }

  /** Whether it was booted before anybody asked for it. */
  isWarm(): boolean {
    return this.#record.isWarm ?? false;
  }

  /** The port of the container's SSH server on the server's public address. */
  getListenPort(): number {
    return this.#record.listenPort;
  }

  /** Whether `token` is the one that was given out with this container. Constant time. */
  isOwnedBy(token: string): boolean {
    const expected = Buffer.from(this.#record.clientTokenSha256, 'hex');
    const given = Buffer.from(tokenDigest(token), 'hex');
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  /**
   * Waits for the machine to run, dials its SSH port until it answers, and logs in as the bootstrap user.
   * @throws `VirtualizationError` with what kept it from starting, or `EndpointShellFailed`
   */
  async createEndpointShell(signal: AbortSignal): Promise<EndpointShellInstance> {
    const { endpoint } = this.#backend;
    const { address, port = endpoint.port } = await this.#backend.started(this.#record, signal);
    return openEndpointShell({ ...endpoint, address, port, listenPort: endpoint.port }, signal);
  }

  /** @see ContainerBackend.handOver */
  handOver(credentials: ContainerCredentials, signal: AbortSignal): Promise<void> {
    return this.#backend.handOver(this.#record, credentials, signal);
  }

  /** @see ContainerBackend.delivered */
  delivered(signal: AbortSignal): Promise<void> {
    return this.#backend.delivered(this.#record, signal);
  }

  /** @see ContainerBackend.destroy */
  stopDomain(signal: AbortSignal): Promise<void> {
    return this.#backend.destroy(this.#record, signal);
  }
}
