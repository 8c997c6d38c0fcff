import { AnweddolServerSpec } from '../../api/anweddol-server.ts';
import { API_GROUP, LABEL_SERVER } from '../../api/names.ts';
import { AnweddolServer } from '../../api/resources.ts';
import { keyOf, type OwnerReference } from '../../kube/objects.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Caches, Context } from '../context.ts';

/** The server in the cache that a container was made for; undefined where there is none, or another one of its name. */
export function serverOf(
  vmi: VirtualMachineInstance,
  { caches }: { caches: Pick<Caches, 'servers'> },
): AnweddolServer | undefined {
  const name = serverNameOf(vmi);
  const server = name && caches.servers.get(keyOf(name));
  return server && owns(server, vmi) ? server : undefined;
}

/** Whether the operator keeps the pool of this server, and so ends what boots for it. */
export function keepsPool(server: AnweddolServer | undefined): boolean {
  if (!server || server.metadata.deletionTimestamp || server.spec.paused) return false;
  return AnweddolServerSpec.safeParse(server.spec).success;
}

/**
 * Whether the server of a container is gone, or another one has its name. Asked live: the cache may not know a new server
 * yet, and what is destroyed stays so. A machine that names no server is nobody's orphan.
 */
export async function isOrphan(
  vmi: VirtualMachineInstance,
  { kube, caches }: Pick<Context, 'kube' | 'caches'>,
  signal: AbortSignal,
): Promise<boolean> {
  const name = serverNameOf(vmi);
  if (!name || !caches.servers.hasSynced || serverOf(vmi, { caches })) return false;
  const server = await kube.get(AnweddolServer, name, { signal });
  return !server || !owns(server, vmi);
}

function serverNameOf({
  metadata,
}: VirtualMachineInstance): { namespace: string | undefined; name: string } | undefined {
  const name = metadata.labels?.[LABEL_SERVER];
  return name ? { namespace: metadata.namespace, name } : undefined;
}

/** Without an owner reference, the name alone tells. */
function owns(server: AnweddolServer, { metadata }: VirtualMachineInstance): boolean {
  const owner = metadata.ownerReferences?.find(isServerReference);
  return !owner || owner.uid === server.metadata.uid;
}

/** Of whatever version. */
export function isServerReference({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>): boolean {
  return kind === AnweddolServer.kind && apiVersion.startsWith(`${API_GROUP}/`);
}
