import { LABEL_SERVER } from '../../api/names.ts';
import { type KubeObject, keyOf } from '../../kube/objects.ts';
import { serverOf } from '../containers/owner-server.ts';
import type { Caches } from '../context.ts';
import { tokenServerKeys } from '../tokens/token-server-keys.ts';
import type { OrphanKind } from './operator-metrics.ts';

/** How many objects the caches show whose owner they don't; what is being deleted is on its way. */
export function countOrphans(
  caches: Pick<Caches, 'servers' | 'machines' | 'slices' | 'tokens'>,
): Record<OrphanKind, number> {
  const { servers, machines, slices, tokens } = caches;
  return {
    VirtualMachineInstance: count(
      machines.list(),
      (vmi) => vmi.metadata.labels?.[LABEL_SERVER] !== undefined && !serverOf(vmi, { caches }),
    ),
    EndpointSlice: count(slices.list(), ({ metadata }) => !machines.get(keyOf(metadata))),
    AnweddolAccessToken: count(tokens.list(), (token) => tokenServerKeys(token).some((key) => !servers.get(key))),
  };
}

function count<T extends KubeObject>(objects: T[], isOrphan: (object: T) => boolean): number {
  return objects.filter((object) => !object.metadata.deletionTimestamp && isOrphan(object)).length;
}
