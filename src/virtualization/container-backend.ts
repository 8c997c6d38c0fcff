/** What the virtualization needs from the platform that runs the virtual machines; `kubevirt/` is the one we ship. */
import type { ContainerCredentials } from './container-credentials.ts';

/** A claimed slot and the machine in it. */
export interface ContainerRecord {
  /** Lower-case UUID, the machine's firmware UUID too. */
  readonly uuid: string;
  /** The port clients reach the container's SSH server at, on the server's public address. */
  readonly listenPort: number;
  /** Tells this machine from a later one in the same slot. */
  readonly instanceId: string;
  /** SHA-256 of the client token, hex. */
  readonly clientTokenSha256: string;
  /** SHA-256 of the ISO that it boots, 64 hex digits. Absent: the backend's. */
  readonly isoSha256?: string | undefined;
  /** It was booted before it was asked for. */
  readonly isWarm?: boolean | undefined;
}

export interface ContainerClaim {
  uuid: string;
  clientId: string;
  clientTokenSha256: string;
  /** The ISO to boot from, where the server was given one. */
  isoPath?: string | undefined;
}

export interface WarmClaim {
  clientId: string;
  /** Gives the SHA-256 of the client token that the container of this UUID is to have, hex. Called for each that is tried. */
  clientTokenSha256Of(uuid: string): Promise<string>;
}

export interface ContainerBackend {
  /** SHA-256 of the container ISO, 64 hex digits. Not used where the server was given an ISO. */
  readonly isoSha256: string;
  /** Name and password of the ISO's bootstrap user, and its SSH port inside the machine. */
  readonly endpoint: { username: string; password: string; port: number };
  /** How many more containers could be claimed now. */
  available(): number;
  /** Claims a machine that runs already, atomically; undefined when there is none. Absent: there never is one. */
  claimWarm?(claim: WarmClaim, signal: AbortSignal): Promise<ContainerRecord | undefined>;
  /** Claims a free slot, atomically. @throws `VirtualizationError` `NoFreeSlot`, `QuotaExceeded`, `MachineRefused`, `StartFailed` */
  claim(claim: ContainerClaim, signal: AbortSignal): Promise<ContainerRecord>;
  /**
   * Resolves with the machine's own address once it runs, and its SSH port if that is not the one of `endpoint`.
   * @throws `VirtualizationError` with what keeps it from starting
   */
  started(record: ContainerRecord, signal: AbortSignal): Promise<{ address: string; port?: number | undefined }>;
  /** Stores the credentials, marks the container ready, and resolves when clients can reach its SSH port. */
  handOver(record: ContainerRecord, credentials: ContainerCredentials, signal: AbortSignal): Promise<void>;
  /** Records that the client took the reply: from now on only DESTROY or its end of life removes the container. */
  delivered(record: ContainerRecord, signal: AbortSignal): Promise<void>;
  /** A container that somebody has claimed. Straight from the platform, not from a cache. */
  find(uuid: string, signal: AbortSignal): Promise<ContainerRecord | undefined>;
  /** Idempotent; never destroys a later machine in the same slot. */
  destroy(record: ContainerRecord, signal: AbortSignal): Promise<void>;
}
