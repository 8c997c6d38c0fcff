import type { ContainerBackend, ContainerRecord } from './container-backend.ts';
import type { ContainerCredentials } from './container-credentials.ts';
import type { EndpointShell } from './endpoint-shell-instance.ts';

/** One container, from its claim to its end. Holds no state of its own: all of it lives on the platform. */
export class ContainerInstance {
  readonly #backend: ContainerBackend;
  readonly #record: ContainerRecord;

  constructor(backend: ContainerBackend, record: ContainerRecord) {
    this.#backend = backend;
    this.#record = record;
  }

  getUUID(): string {
    return this.#record.uuid;
  }

  getISOChecksum(): string {
    return this.#backend.isoSha256;
  }

  /** The port of the container's SSH server on the server's public address. */
  getListenPort(): number {
    return this.#record.listenPort;
  }

  /** Constant time. `token` is what a client sent as `client_token`. */
  isOwnedBy(_token: string): boolean {
    throw new Error('pending');
  }

  /** Waits for the machine to run, dials its SSH port until the banner comes, and logs in as the bootstrap user. */
  createEndpointShell(_signal: AbortSignal): Promise<EndpointShell> {
    throw new Error('pending');
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
