/** The last part of every write: prepare, admit, check, own, store. */
import { randomUUID } from 'node:crypto';
import { withoutTimes } from '../apply/managers.ts';
import { asObject, clone, equal, type JsonObject } from '../base/json.ts';
import { isEnding, type StoredObject, timestamp, without } from '../base/kube-object.ts';
import { alreadyExists, conflict, invalid, KubeStatusError, STALE } from '../base/status-error.ts';
import { asStored, type BehaviourContext, inVersion } from '../registry/resource.ts';
import { dropNulls, fillDefaults } from '../schema/defaults.ts';
import { admit } from './admit.ts';
import type { ResourceRequest, Server } from './context.ts';
import { requireDefinition } from './definition-lifecycle.ts';
import { checkNoEscalation } from './escalation.ts';
import { storeOrFinish } from './finish.ts';
import { generateName } from './generate-name.ts';
import { metadataErrors, metadataUpdateErrors, sameContent } from './metadata.ts';
import { requireNamespace } from './namespace-lifecycle.ts';
import type { WriteOptions } from './options.ts';
import { type Draft, recordOwners } from './record-owners.ts';
import { isIgnoredBy, subjectOf } from './subject.ts';

export function commitCreate(
  server: Server,
  request: ResourceRequest,
  draft: Draft,
  options: WriteOptions,
): StoredObject {
  const { resource } = request;
  const now = timestamp(server.clock.now());
  requireNamespace(server, request, draft.object);
  requireDefinition(server, request, draft.object);
  const object = bare(draft.object, resource.hasStatus && !resource.behaviour.takesStatus);
  object.metadata = {
    ...object.metadata,
    ...(resource.namespaced ? { namespace: request.namespace ?? '' } : {}),
    uid: randomUUID(),
    creationTimestamp: now,
    ...(resource.hasGeneration ? { generation: 1 } : {}),
  };
  generateName(object);
  const context = behaviourContext(server, now);
  fill(object, draft, request);
  recordOwners(object, {}, draft, request, options, now);
  resource.behaviour.prepareCreate?.(object, context);
  const admitted = admit(server, request, 'CREATE', object, undefined, options.dryRun);
  check(request, admitted);
  server.policies.enforce(request, 'CREATE', admitted, undefined);
  checkNoEscalation(server, request, admitted, undefined);
  const collection = server.store.collection(resource.storageKey);
  const existing = collection.get(admitted.metadata.namespace, admitted.metadata.name ?? '');
  if (existing) throw alreadyExists(subjectOf(request, admitted.metadata.name), isEnding(existing));
  return store(server, request, admitted, undefined, options.dryRun);
}

/** Returns the stored object as it is when the draft says nothing new. */
export function commitUpdate(
  server: Server,
  request: ResourceRequest,
  stored: StoredObject,
  draft: Draft,
  options: WriteOptions,
): StoredObject {
  const { resource } = request;
  const old = inVersion(stored, resource);
  const now = timestamp(server.clock.now());
  checkIdentity(request, draft.object, old);
  const object = keepWhatIsNotWritten(request, draft.object, old);
  fill(object, draft, request);
  recordOwners(object, old, draft, request, options, now);
  if (!request.subresource) resource.behaviour.prepareUpdate?.(object, old, behaviourContext(server, now));
  const admitted = admit(server, request, 'UPDATE', object, old, options.dryRun);
  if (resource.hasGeneration && contentChanged(admitted, old, resource.hasStatus)) {
    admitted.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  check(request, admitted, { old, brought: request.subresource === 'status' ? old : draft.object });
  server.policies.enforce(request, 'UPDATE', admitted, old);
  checkNoEscalation(server, request, admitted, old);
  const unchanged =
    sameContent(admitted, old) &&
    equal(withoutTimes(admitted.metadata.managedFields), withoutTimes(old.metadata.managedFields));
  if (unchanged) return stored;
  return store(server, request, admitted, stored, options.dryRun);
}

function behaviourContext(server: Server, now: string): BehaviourContext {
  return { store: server.store, now };
}

/** What a client may not bring along. */
function bare(object: StoredObject, dropsStatus: boolean): StoredObject {
  const metadata = without(
    object.metadata,
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'resourceVersion',
    'selfLink',
  );
  const copy: StoredObject = clone({ ...object, metadata });
  if (dropsStatus) delete copy.status;
  return copy;
}

function fill(object: StoredObject, { isApplied }: Draft, { resource }: ResourceRequest): void {
  if (resource.custom && !isApplied) dropNulls(object, resource.schema);
  if (resource.custom) fillDefaults(object, resource.schema);
  resource.behaviour.fillDefaults?.(object);
}

function checkIdentity(request: ResourceRequest, draft: StoredObject, old: StoredObject): void {
  const { uid, resourceVersion } = draft.metadata;
  const subject = subjectOf(request, old.metadata.name);
  if (uid && uid !== old.metadata.uid) {
    throw conflict(
      subject,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
    );
  }
  if (resourceVersion && !/^\d+$/.test(resourceVersion)) {
    throw new KubeStatusError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
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
  const keep = [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'resourceVersion',
  ];
  for (const key of keep) {
    if (old.metadata[key] === undefined) delete metadata[key];
    else metadata[key] = old.metadata[key];
  }
  delete metadata.selfLink;
  return { ...copy, apiVersion: old.apiVersion, kind: old.kind, metadata };
}

function contentChanged(object: StoredObject, old: StoredObject, hasStatus: boolean): boolean {
  if (isEnding(object) !== isEnding(old)) return true;
  const strip = (each: StoredObject) => without(each, 'metadata', ...(hasStatus ? ['status'] : []));
  return !equal(strip(object), strip(old));
}

function check(
  request: ResourceRequest,
  object: StoredObject,
  change?: { old: StoredObject; brought: StoredObject },
): void {
  const { resource } = request;
  const { behaviour } = resource;
  const old = change?.old;
  const errors = [
    ...(change ? metadataUpdateErrors(object, change.old, change.brought) : []),
    ...metadataErrors(object, resource),
    ...(behaviour.validate?.(object, old, request.warnings) ?? []),
    ...(old && !request.subresource ? (behaviour.validateUpdate?.(object, old) ?? []) : []),
  ];
  if (errors.length === 0) return;
  // An object that two groups show belongs to the one that it is stored in.
  const group = resource.storedAs.includes('/') ? resource.group : '';
  throw invalid({ group, resource: resource.kind, name: object.metadata.name ?? '' }, errors);
}

function store(
  server: Server,
  request: ResourceRequest,
  object: StoredObject,
  old: StoredObject | undefined,
  dryRun: boolean,
): StoredObject {
  const { storageKey } = request.resource;
  const stored = asStored(object, request.resource);
  if (dryRun) return stored;
  if (!old) return server.store.create(storageKey, stored);
  return storeOrFinish(server, request.resource, stored, old);
}
