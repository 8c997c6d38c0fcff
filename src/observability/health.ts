import type { Server } from 'node:http';
import { type ListenAddress, listenForGet } from './http-listener.ts';
import { type Checks, probeAnswer } from './probe-answer.ts';

export interface HealthChecks {
  /** Whether the program should be sent work. */
  ready: Checks | (() => boolean);
  /** Whether it is worth keeping alive. */
  alive: Checks | (() => boolean);
}

/**
 * Answers `/readyz` and `/healthz` with 200 or 503 until the signal aborts, as Kubernetes' own programs do: `?verbose` lists
 * the checks, `/readyz/NAME` asks for one of them, `?exclude=NAME` leaves one out.
 * @param address a port stands for every address of the machine
 */
export async function serveHealth(
  address: ListenAddress | number,
  checks: HealthChecks,
  signal: AbortSignal,
): Promise<Server> {
  const probes: Record<string, Checks> = { readyz: named(checks.ready), healthz: named(checks.alive) };
  const where = typeof address === 'number' ? { port: address } : address;
  return listenForGet(where, (url) => probeAnswer(url, probes), signal);
}

function named(checks: Checks | (() => boolean)): Checks {
  return typeof checks === 'function' ? { ping: () => (checks() ? undefined : 'no') } : checks;
}
