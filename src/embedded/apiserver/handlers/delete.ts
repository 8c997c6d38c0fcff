/** delete and deletecollection. */

import { invalidValue, notSupported } from '../base/field-error.ts';
import { asObject, asString, clone, isObject, type JsonObject } from '../base/json.ts';
import { finalizersOf, isEnding, type StoredObject, timestamp } from '../base/kube-object.ts';
import { badRequest, conflict, invalid } from '../base/status-error.ts';
import { admit } from './admit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { isReleased, storeOrFinish } from './finish.ts';
import { isDryRun, numberParameter } from './options.ts';
import { find, select, selectionOf } from './read.ts';

interface DeleteOptions {
  graceSeconds: number | undefined;
  propagation: string | undefined;
  uid: string | undefined;
  resourceVersion: string | undefined;
  dryRun: boolean;
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];
const FINALIZERS: Readonly<Record<string, string>> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' };

export function remove(server: Server, request: ResourceRequest): Answer {
  const options = readOptions(request);
  const object = find(server, request);
  checkPreconditions(object, request, options);
  const { last, isGone } = begin(server, request, object, options);
  if (isGone && request.resource.kind !== 'Pod') return { code: 200, json: success(request, last) };
  return { code: 200, object: last };
}

export function removeCollection(server: Server, request: ResourceRequest): Answer {
  const options = readOptions(request);
  const items = select(server, request, selectionOf(request)).map(
    (object) => begin(server, request, object, options).last,
  );
  return { code: 200, list: { items, resourceVersion: String(server.store.revision) } };
}

/** Starts the end of an object; one that nothing holds is gone at once. Tells its last state. */
function begin(
  server: Server,
  request: ResourceRequest,
  object: StoredObject,
  options: DeleteOptions,
): { last: StoredObject; isGone: boolean } {
  const { resource } = request;
  admit(server, request, 'DELETE', object, object, options.dryRun);
  server.policies.enforce(request, 'DELETE', undefined, object);
  const marked = ending(server, request, object, options);
  const isGone = isEnding(marked) && isReleased(resource, marked);
  // What goes at once goes as it is, and nobody gets to see it marked; unless its kind has a time of grace.
  const last = isGone && !isEnding(object) && !resource.behaviour.graceSeconds ? object : marked;
  if (options.dryRun) return { last, isGone };
  if (isGone) server.store.remove(resource.storageKey, last, object);
  return { last: isGone ? last : storeOrFinish(server, resource, marked, object), isGone };
}

function ending(server: Server, request: ResourceRequest, object: StoredObject, options: DeleteOptions): StoredObject {
  const { behaviour, hasGeneration } = request.resource;
  const grace = behaviour.graceSeconds?.(object, options.graceSeconds) ?? 0;
  const finalizers = new Set(finalizersOf(object));
  const wanted = options.propagation === undefined ? undefined : FINALIZERS[options.propagation];
  if (options.propagation !== undefined && !isEnding(object)) {
    for (const finalizer of Object.values(FINALIZERS)) finalizers.delete(finalizer);
    if (wanted) finalizers.add(wanted);
  }
  const already = isEnding(object);
  const shorter = grace < (object.metadata.deletionGracePeriodSeconds ?? 0);
  if (already && !shorter) return object;
  const next = clone(object);
  next.metadata.deletionGracePeriodSeconds = grace;
  next.metadata.deletionTimestamp = already
    ? (object.metadata.deletionTimestamp ?? '')
    : timestamp(server.clock.now() + grace * 1000);
  if (finalizers.size > 0) next.metadata.finalizers = [...finalizers];
  else delete next.metadata.finalizers;
  if (hasGeneration && !already) next.metadata.generation = (object.metadata.generation ?? 0) + 1;
  if (!already) behaviour.prepareDelete?.(next);
  return next;
}

/** From the body, where kubectl and clients put them, or from the query. */
function readOptions(request: ResourceRequest): DeleteOptions {
  const body: JsonObject = isObject(request.body) ? request.body : {};
  if (body.kind !== undefined && body.kind !== 'DeleteOptions') {
    const version = asString(body.apiVersion) || 'v1';
    throw badRequest(
      `no kind ${JSON.stringify(body.kind)} is registered for version ${JSON.stringify(version)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const preconditions = asObject(body.preconditions);
  const propagation = asString(body.propagationPolicy) || request.query.get('propagationPolicy') || undefined;
  if (propagation !== undefined && !POLICIES.includes(propagation)) {
    const error = notSupported('propagationPolicy', propagation, [...POLICIES, 'nil']);
    throw invalid({ group: 'meta.k8s.io', resource: 'DeleteOptions', name: '' }, [error]);
  }
  if (propagation !== undefined && (body.orphanDependents !== undefined || request.query.has('orphanDependents'))) {
    const why = 'orphanDependents and deletionPropagation cannot be both set';
    const error = invalidValue('propagationPolicy', propagation, why);
    throw invalid({ group: 'meta.k8s.io', resource: 'DeleteOptions', name: '' }, [error]);
  }
  const orphan = body.orphanDependents === true || request.query.get('orphanDependents') === 'true';
  const grace =
    typeof body.gracePeriodSeconds === 'number'
      ? body.gracePeriodSeconds
      : numberParameter(request.query, 'gracePeriodSeconds');
  const dryRun = Array.isArray(body.dryRun) ? body.dryRun.includes('All') : isDryRun(request.query, 'DeleteOptions');
  return {
    graceSeconds: grace,
    propagation: propagation ?? (orphan ? 'Orphan' : undefined),
    uid: asString(preconditions.uid) || undefined,
    resourceVersion: asString(preconditions.resourceVersion) || undefined,
    dryRun,
  };
}

function checkPreconditions(object: StoredObject, request: ResourceRequest, options: DeleteOptions): void {
  const { uid, resourceVersion } = object.metadata;
  const { group, kind } = request.resource;
  const subject = { group, resource: kind, name: request.name };
  if (options.uid && options.uid !== uid) {
    throw conflict(
      subject,
      `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (options.resourceVersion && options.resourceVersion !== resourceVersion) {
    throw conflict(
      subject,
      `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

function success(request: ResourceRequest, object: StoredObject): JsonObject {
  const { group, plural } = request.resource;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: object.metadata.name, ...(group ? { group } : {}), kind: plural, uid: object.metadata.uid },
  };
}

/** Starts the end of an object that nobody asked about: the resource itself is going away. */
export function removeUnconditionally(server: Server, storageKey: string, object: StoredObject): void {
  const next = clone(object);
  next.metadata.deletionTimestamp = timestamp(server.clock.now());
  next.metadata.deletionGracePeriodSeconds = 0;
  if (finalizersOf(next).length === 0) server.store.remove(storageKey, next, object);
  else server.store.update(storageKey, next, object);
}
