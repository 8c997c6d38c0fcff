/** What the server tells about itself; whoever wires a program decides where it goes. Durations are in milliseconds. */

import type { VirtualizationErrorCode } from '../virtualization/errors.ts';
import type { GenerationNumber } from '../wire/generation.ts';
import type { SessionStep } from './session/time-limit.ts';

/** How a connection speaks; known once its first byte is. */
export type Transport = 'plain' | 'tls' | 'http';

export type HandshakeOutcome = 'completed' | 'failed' | 'timedOut' | 'refused';

export type Phase = 'prologue' | SessionStep;

export type RefusalReason = 'capacity' | 'sourceCapacity' | 'penalty' | 'keyQueue' | 'proxyHeader' | 'evicted';

/** How a CREATE ended: with a container that its client took, without its client, or with what went wrong. */
export type CreateOutcome = 'Delivered' | 'ClientLeft' | 'InternalError' | VirtualizationErrorCode;

/** Whether the container was booted before it was asked for, or there was none such. */
export type ContainerStart = 'warm' | 'cold';

/**
 * What a CREATE waits for, one after the other: its claim, the machine until it runs, SSH with the set-up, Secret and way
 * in, the reply until it is sent.
 */
export type CreatePhase = 'claim' | 'boot' | 'login' | 'secret' | 'reply';

/** What is told about containers on their way to a client. */
export interface HandOutMetrics {
  /** A phase that came to a good end. */
  phaseTook(phase: CreatePhase, start: ContainerStart, ms: number): void;
  /** Another server pod had the warm container, or the slot, first. */
  claimLost(start: ContainerStart): void;
}

export interface ServerMetrics {
  connectionOpened(transport: Transport): void;
  connectionClosed(transport: Transport): void;
  /** @param generation undefined while it is not known yet */
  handshakeEnded(generation: GenerationNumber | undefined, outcome: HandshakeOutcome): void;
  phaseTook(phase: Phase, ms: number): void;
  refused(reason: RefusalReason): void;
  /**
   * @param verb one that is served, or `other`
   * @param answer the message without its reason, or `none`
   */
  requestAnswered(verb: string, answer: string, ms: number): void;
  /** @param start of the container that was tried last */
  createEnded(outcome: CreateOutcome, start: ContainerStart, ms: number): void;
}

/** What the server is asked for when metrics are read. */
export interface ServerGauges {
  openConnections(): number;
  /** Those that the server waits for: they are in the handshake, or send their request. */
  waitingConnections(): number;
  /** Key blocks that wait for the private key. */
  keyQueueLength(): number;
  availableContainers(): number;
  /** Errors of the server's own since it was started. */
  runtimeErrors(): number;
}

const nothing = (): void => undefined;

/** For a server whose numbers nobody asks for. */
export const noServerMetrics: ServerMetrics = {
  connectionOpened: nothing,
  connectionClosed: nothing,
  handshakeEnded: nothing,
  phaseTook: nothing,
  refused: nothing,
  requestAnswered: nothing,
  createEnded: nothing,
};
