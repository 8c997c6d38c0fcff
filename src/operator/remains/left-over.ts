/** What a server that is no more has left behind; pure. */
import { FIELD_MANAGER, LABEL_MANAGED_BY, LABEL_SERVER } from '../../api/names.ts';
import type { KubeObject, ObjectName } from '../../kube/objects.ts';
import { isServerReference } from '../containers/owner-server.ts';

/**
 * Whether an object was made for a server that is known to be gone, and belongs to nobody else: each of its owners is that
 * server, or it has lost them. What is being deleted is on its way.
 */
export function isLeftOver({ metadata }: KubeObject, server: ObjectName): boolean {
  const { namespace, labels = {}, ownerReferences = [], deletionTimestamp } = metadata;
  const isOurs = labels[LABEL_MANAGED_BY] === FIELD_MANAGER && labels[LABEL_SERVER] === server.name;
  const isNobodys = ownerReferences.every((owner) => isServerReference(owner) && owner.name === server.name);
  return isOurs && namespace === server.namespace && isNobodys && !deletionTimestamp;
}
