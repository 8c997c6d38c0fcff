import type { AnweddolServer } from '../../api/resources.ts';
import { keyOf } from '../../kube/objects.ts';
import { NetworkPolicy } from '../../kube/resources.ts';
import { apply } from '../apply.ts';
import { type Context, INDEX_BY_SERVER } from '../context.ts';
import { networkPolicies } from './network-policies.ts';

/** Makes the NetworkPolicies of a server what they are to be: before any machine is made. */
export async function applyPolicies(server: AnweddolServer, context: Context, signal: AbortSignal): Promise<void> {
  const known = await context.networks.find(signal);
  const machines = context.caches.machines.byIndex(INDEX_BY_SERVER, keyOf(server.metadata));
  for (const policy of networkPolicies(server, known, machines, context.traces?.endpoint)) {
    await apply(context, NetworkPolicy, context.caches.policies, policy, signal);
  }
}
