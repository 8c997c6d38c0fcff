/** Who wrote what, into `metadata.managedFields`. */
import { decodeManagers, encodeManagers, type Managers } from '../apply/managers.ts';
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
  /** The subresource that the writer is recorded under, where it is not the one of the request. */
  writtenThrough?: string;
}

/** Changes `object`. `before` is `{}` for a creation. */
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
  const known = managers ?? decodeManagers(asObject(before.metadata).managedFields);
  const owners = managers ?? ownersAfterUpdate(before, object, known, context);
  const encoded = encodeManagers(owners);
  if (encoded) object.metadata.managedFields = encoded;
  else delete object.metadata.managedFields;
}
