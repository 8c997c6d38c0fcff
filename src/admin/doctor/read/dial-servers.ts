import type { AnweddolServer } from '../../../api/resources.ts';
import { dial } from '../../../client/dial.ts';
import { keyOf } from '../../../kube/objects.ts';
import type { Node } from '../../../kube/resources.ts';
import { inTurns } from '../../cluster/in-turns.ts';
import type { Dialled } from '../facts.ts';

const PATIENCE_MS = 5_000;
const AT_ONCE = 8;

/**
 * Opens a connection to each server that has an address, and says nothing. A server that any node answers for is tried at
 * one of them; one that is reached from within the cluster only is tried like any other, from where this runs.
 */
export async function dialServers(
  servers: readonly AnweddolServer[],
  nodes: readonly Node[],
  signal: AbortSignal,
): Promise<Map<string, Dialled>> {
  const anyNode = addressOf(nodes);
  const targets = servers.flatMap(({ metadata, status }) => {
    const { host = anyNode, port } = status?.address ?? {};
    return host && port ? [{ key: keyOf(metadata), host, port }] : [];
  });
  const dialled = await inTurns(
    targets,
    AT_ONCE,
    async ({ key, ...address }): Promise<[string, Dialled]> => [key, await dialOne(address, signal)],
  );
  return new Map(dialled);
}

/** The address of a node as clients outside know it, if there is one. */
function addressOf(nodes: readonly Node[]): string | undefined {
  const addresses = nodes.flatMap(({ status }) => status?.addresses ?? []);
  const ofType = (wanted: string) => addresses.find(({ type }) => type === wanted)?.address;
  return ofType('ExternalIP') ?? ofType('InternalIP');
}

async function dialOne(address: { host: string; port: number }, signal: AbortSignal): Promise<Dialled> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    (await dial(address, AbortSignal.any([signal, patience]))).destroy();
    return { connected: true };
  } catch (error) {
    signal.throwIfAborted();
    if (patience.aborted) return { connected: false, why: `${address.host} port ${address.port} does not answer.` };
    return { connected: false, why: `${error instanceof Error ? error.message : String(error)}.` };
  }
}
