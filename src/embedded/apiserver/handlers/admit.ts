/** The API server's own admission, then the embedder's hooks, one after the other. */
import { admitBuiltIn } from '../admission/built-in.ts';
import { clone } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Operation, ResourceRequest, Server } from './context.ts';

/** The object as the hooks leave it. @throws KubeStatusError when one refuses */
export function admit(
  server: Server,
  request: ResourceRequest,
  operation: Operation,
  object: StoredObject,
  oldObject: StoredObject | undefined,
  dryRun: boolean,
): StoredObject {
  const { group, version, plural, kind } = request.resource;
  let current = admitBuiltIn(server, request, operation, object);
  for (const admission of server.admission) {
    const { subresource, user } = request;
    const changed = admission({
      operation,
      resource: { group, version, plural, kind },
      subresource,
      object: current,
      oldObject,
      user,
      dryRun,
    });
    if (changed) current = clone(changed);
  }
  return current;
}
