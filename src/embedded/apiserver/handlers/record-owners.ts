/** Who wrote what, into `metadata.managedFields`. */
import { encodeManagers, type Managers, managersForUpdate } from '../apply/managers.ts';
import { ownersAfterUpdate } from '../apply/ownership.ts';
import { asObject, type JsonObject } from '../base/json.ts';
import { groupVersion, type StoredObject } from '../base/kube-object.ts';
import type { ResourceRequest } from './context.ts';
import type { WriteOptions } from './options.ts';
import { isIgnoredBy } from './subject.ts';

/** An object on its way to be stored. */
export interface Draft {
  object: StoredObject;
  /** Owners of the fields, where an apply has worked them out. */
  managers?: Managers;
  /** Made by an apply: a null in it is a value. */
  isApplied?: boolean;
  /** The subresource that the writer is recorded under, where it is not the one of the request. */
  writtenThrough?: string;
}

/** Changes `object`, and what its `managedFields` are as the client has them. `before` is `{}` for a creation. */
export function recordOwners(
  object: StoredObject,
  before: JsonObject,
  { managers, writtenThrough }: Draft,
  request: ResourceRequest,
  options: WriteOptions,
  time: string,
): void {
  const { resource } = request;
  const subresource = writtenThrough ?? request.subresource;
  const writer = {
    manager: options.fieldManager,
    operation: 'Update' as const,
    apiVersion: groupVersion(resource.group, resource.version),
    ...(subresource ? { subresource } : {}),
  };
  // Writes through another subresource carry no time: so the API server has it.
  const context = {
    schema: resource.schema,
    writer,
    time: writtenThrough ? '' : time,
    isIgnored: isIgnoredBy(request),
  };
  const { uid, managedFields } = asObject(before.metadata);
  const brought = request.subresource || writtenThrough ? undefined : object.metadata.managedFields;
  const known = managers ?? managersForUpdate(brought, managedFields);
  // Nobody begins to own parts of an object that has no owners, but by an apply.
  const isUnowned = uid !== undefined && known.size === 0;
  const owners = managers ?? (isUnowned ? known : ownersAfterUpdate(before, object, known, context));
  const encoded = encodeManagers(owners);
  if (encoded) object.metadata.managedFields = encoded;
  else delete object.metadata.managedFields;
}
