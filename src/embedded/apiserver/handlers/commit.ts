/** The last part of every write: prepare, admit, check, own, store. */
import { randomUUID } from 'node:crypto';
import { asObject, clone, equal, type JsonObject } from '../base/json.ts';
import { groupVersion, isEnding, type StoredObject, timestamp, without } from '../base/kube-object.ts';
import { alreadyExists, conflict, invalid, STALE } from '../base/status-error.ts';
import { decodeManagers, encodeManagers, type Managers, withoutTimes } from '../apply/managers.ts';
import { ownersAfterUpdate } from '../apply/ownership.ts';
import type { BehaviourContext } from '../registry/resource.ts';
import { fillDefaults } from '../schema/defaults.ts';
import { requireNamespace } from './namespace-lifecycle.ts';
import type { Operation, ResourceRequest, Server } from './context.ts';
import { metadataErrors, metadataUpdateErrors, sameContent } from './metadata.ts';
import { checkNoEscalation } from './escalation.ts';
import { storeOrFinish } from './finish.ts';
import type { WriteOptions } from './options.ts';
import { isIgnoredBy, subjectOf } from './subject.ts';
import { generateName } from './generate-name.ts';

export interface Draft {
  object: StoredObject;
  /** Owners of the fields, where an apply has worked them out. */
  managers?: Managers;
}

export function commitCreate(server: Server, request: ResourceRequest, draft: Draft, options: WriteOptions): StoredObject {
  const { resource } = request;
  const now = timestamp(server.clock.now());
  requireNamespace(server, request, draft.object);
  const object = bare(draft.object, resource.hasStatus);
  object.metadata = {
    ...object.metadata,
    ...(resource.namespaced ? { namespace: request.namespace ?? '' } : {}),
    uid: randomUUID(),
    creationTimestamp: now,
    ...(resource.hasGeneration ? { generation: 1 } : {}),
  };
  generateName(object);
  const context = behaviourContext(server, now);
  fill(object, request);
  own(object, {}, draft.managers, request, options, now);
  resource.behaviour.prepareCreate?.(object, context);
  const admitted = admit(server, request, 'CREATE', object, undefined, options.dryRun);
  check(request, admitted, undefined);
  checkNoEscalation(server, request, admitted, undefined);
  const collection = server.store.collection(resource.storageKey);
  if (collection.get(admitted.metadata.namespace, admitted.metadata.name ?? '')) {
    throw alreadyExists(subjectOf(request, admitted.metadata.name));
  }
  return store(server, request, admitted, undefined, options.dryRun);
}

/** Returns the stored object as it is when the draft says nothing new. */
export function commitUpdate(
  server: Server,
  request: ResourceRequest,
  old: StoredObject,
  draft: Draft,
  options: WriteOptions,
): StoredObject {
  const { resource } = request;
  const now = timestamp(server.clock.now());
  checkIdentity(request, draft.object, old);
  const object = keepWhatIsNotWritten(request, draft.object, old);
  fill(object, request);
  own(object, old, draft.managers, request, options, now);
  if (!request.subresource) resource.behaviour.prepareUpdate?.(object, old, behaviourContext(server, now));
  const admitted = admit(server, request, 'UPDATE', object, old, options.dryRun);
  if (resource.hasGeneration && contentChanged(admitted, old, resource.hasStatus)) {
    admitted.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  check(request, admitted, old);
  checkNoEscalation(server, request, admitted, old);
  const unchanged =
    sameContent(admitted, old) &&
    equal(withoutTimes(admitted.metadata.managedFields), withoutTimes(old.metadata.managedFields));
  if (unchanged) return old;
  return store(server, request, admitted, old, options.dryRun);
}

function behaviourContext(server: Server, now: string): BehaviourContext {
  return { store: server.store, now };
}

/** What a client may not bring along. */
function bare(object: StoredObject, hasStatus: boolean): StoredObject {
  const metadata = without(
    object.metadata,
    'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'resourceVersion', 'selfLink', 'managedFields',
  );
  const copy: StoredObject = clone({ ...object, metadata });
  if (hasStatus) delete copy.status;
  return copy;
}

function fill(object: StoredObject, request: ResourceRequest): void {
  const { resource } = request;
  if (resource.custom) fillDefaults(object, resource.schema);
  resource.behaviour.fillDefaults?.(object);
}

function checkIdentity(request: ResourceRequest, draft: StoredObject, old: StoredObject): void {
  const { uid, resourceVersion } = draft.metadata;
  const subject = subjectOf(request, old.metadata.name);
  if (uid && uid !== old.metadata.uid) {
    throw conflict(subject, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`);
  }
  if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(subject, STALE);
}

/** Members that this endpoint does not write, and metadata that nobody writes, stay as they are. */
function keepWhatIsNotWritten(request: ResourceRequest, draft: StoredObject, old: StoredObject): StoredObject {
  const isIgnored = isIgnoredBy(request);
  const copy: JsonObject = clone(draft);
  for (const key of new Set([...Object.keys(old), ...Object.keys(draft)])) {
    if (!isIgnored(key)) continue;
    if (old[key] === undefined) delete copy[key];
    else copy[key] = clone(old[key]);
  }
  const metadata = asObject(copy.metadata);
  const keep = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'resourceVersion'];
  for (const key of keep) {
    if (old.metadata[key] === undefined) delete metadata[key];
    else metadata[key] = old.metadata[key];
  }
  delete metadata.selfLink;
  metadata.managedFields = clone(old.metadata.managedFields);
  return { ...copy, apiVersion: old.apiVersion, kind: old.kind, metadata };
}

function contentChanged(object: StoredObject, old: StoredObject, hasStatus: boolean): boolean {
  if (isEnding(object) !== isEnding(old)) return true;
  const strip = (each: StoredObject) => without(each, 'metadata', ...(hasStatus ? ['status'] : []));
  return !equal(strip(object), strip(old));
}

function admit(
  server: Server,
  request: ResourceRequest,
  operation: Operation,
  object: StoredObject,
  oldObject: StoredObject | undefined,
  dryRun: boolean,
): StoredObject {
  const { group, version, plural, kind } = request.resource;
  let current = object;
  for (const admission of server.admission) {
    const { subresource, user } = request;
    const changed = admission({ operation, resource: { group, version, plural, kind }, subresource, object: current, oldObject, user, dryRun });
    if (changed) current = clone(changed);
  }
  return current;
}

function check(request: ResourceRequest, object: StoredObject, old: StoredObject | undefined): void {
  const { resource } = request;
  const { behaviour } = resource;
  const errors = [
    ...(old ? metadataUpdateErrors(object, old) : []),
    ...metadataErrors(object, resource),
    ...(behaviour.validate?.(object, old) ?? []),
    ...(old && !request.subresource ? (behaviour.validateUpdate?.(object, old) ?? []) : []),
  ];
  if (errors.length === 0) return;
  throw invalid({ group: resource.group, resource: resource.kind, name: object.metadata.name ?? '' }, errors);
}

function own(
  object: StoredObject,
  before: JsonObject,
  managers: Managers | undefined,
  request: ResourceRequest,
  options: WriteOptions,
  time: string,
): void {
  const { resource, subresource } = request;
  const writer = {
    manager: options.fieldManager,
    operation: 'Update' as const,
    apiVersion: groupVersion(resource.group, resource.version),
    ...(subresource ? { subresource } : {}),
  };
  const context = { schema: resource.schema, writer, time, isIgnored: isIgnoredBy(request) };
  const known = managers ?? decodeManagers(asObject(before.metadata).managedFields);
  const owners = managers ?? ownersAfterUpdate(before, object, known, context);
  const encoded = encodeManagers(owners);
  if (encoded) object.metadata.managedFields = encoded;
  else delete object.metadata.managedFields;
}

function store(
  server: Server,
  request: ResourceRequest,
  object: StoredObject,
  old: StoredObject | undefined,
  dryRun: boolean,
): StoredObject {
  const { storageKey, storedAs } = request.resource;
  const stored = { ...object, apiVersion: storedAs };
  if (dryRun) return stored;
  if (!old) return server.store.create(storageKey, stored);
  return storeOrFinish(server, request.resource, stored, old);
}
