import type { AnweddolServer } from '../../api/resources.ts';
import type { Context } from '../context.ts';

/** Makes the NetworkPolicies of a server what they are to be: before any machine is made. */
export async function applyPolicies(_server: AnweddolServer, _context: Context, _signal: AbortSignal): Promise<void> {}
