/** What the operator tells about its servers; whoever wires a program decides where it goes. Durations are in seconds. */
import type { ContainerReason } from '../container-end.ts';

/** The AnweddolServer that something belongs to. */
export interface ServerName {
  namespace: string;
  name: string;
}

/** Whether a machine was booted ahead of demand, or for a client that waited. */
export type BootStart = 'warm' | 'cold';

/** As the status of a server counts them. */
type CountedState = 'running' | 'warm' | 'starting' | 'ending';

export type TokenState = 'usable' | 'disabled' | 'expired' | 'leftOut' | 'broken';

/** What is there although that which it was made for is not. */
export type OrphanKind = 'VirtualMachineInstance' | 'EndpointSlice' | 'AnweddolAccessToken';

export interface OperatorMetrics {
  /** The operator has destroyed a container. Of a server that is not known it is counted without one. */
  containerEnded(server: ServerName, reason: ContainerReason): void;
  /** A boot of a server that is known. @param seconds from its creation to where it is warm, or a client's */
  bootSucceeded(server: ServerName, start: BootStart, seconds: number): void;
  bootFailed(server: ServerName, start: BootStart): void;
  /** A server is there: what did not happen to it yet is 0. */
  known(server: ServerName): void;
  /** It is gone: nothing is told of it any more. */
  gone(server: ServerName): void;
  /**
   * From now on this process works, and can be asked when metrics are read.
   * @returns what ends that
   */
  working(look: () => FleetNumbers): () => void;
}

/** What is read from the caches; nobody keeps it. */
export interface FleetNumbers {
  servers: ServerNumbers[];
  /** Absent while the machines are not known. */
  orphans?: Record<OrphanKind, number>;
}

export interface ServerNumbers {
  server: ServerName;
  /** How many containers it may have at most. */
  slots: number;
  warmWanted: number;
  podsWanted: number;
  podsReady: number;
  /** Absent while the machines are not known. */
  containers?: Record<CountedState, number>;
  /** Those of the ending ones that are so for longer than they should. */
  stuck?: number;
  conditions: { type: string; status: string; reason: string }[];
  /** When its certificates expire, in seconds since the epoch. */
  certificates: { certificate: 'tls' | 'web'; expiresAt: number }[];
  /** Absent for a server that has none, and needs none. */
  tokens?: Record<TokenState, number>;
}
