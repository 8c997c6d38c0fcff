/** PATCH in its four forms. */

import { decodeManagers, type Writer } from '../apply/managers.ts';
import { applyConfiguration } from '../apply/ownership.ts';
import { typedErrors } from '../apply/typed-errors.ts';
import { invalidValue, required } from '../base/field-error.ts';
import { asObject, asString, clone, isObject, type JsonObject } from '../base/json.ts';
import { groupVersion, type StoredObject, timestamp, without } from '../base/kube-object.ts';
import { badRequest, invalid, KubeStatusError, notFound, unsupportedMediaType } from '../base/status-error.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge.ts';
import { inVersion, type Resource } from '../registry/resource.ts';
import { commitCreate, commitUpdate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { checkKind, conform, DecodeError } from './decode-body.ts';
import { type WriteOptions, writeOptions } from './options.ts';
import { isIgnoredBy, subjectOf } from './subject.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

export function patch(server: Server, request: ResourceRequest): Answer {
  const options = writeOptions(request, 'PatchOptions');
  const old = server.store.collection(request.resource.storageKey).get(request.namespace, request.name ?? '');
  if (request.contentType === APPLY) return apply(server, request, old, options);
  const accepted = [JSON_PATCH, MERGE_PATCH, ...(request.resource.custom ? [] : [STRATEGIC]), APPLY];
  if (!accepted.includes(request.contentType)) throw unsupportedMediaType(accepted);
  if (!old) throw notFound(subjectOf(request));
  const patched = patchedObject(inVersion(old, request.resource), request);
  checkIdentity(patched, request);
  const object = conformPatched(patched, request, server, options);
  checkUid(object, old, request.resource);
  return { code: 200, object: commitUpdate(server, request, old, { object }, options) };
}

/** The object after the patch, by the patch's own rules alone. */
export function patchedObject(old: JsonObject, request: ResourceRequest): JsonObject {
  const { body, contentType, resource } = request;
  if (contentType === JSON_PATCH) return applyJsonPatch(old, body ?? null);
  if (!isObject(body)) throw badRequest('error decoding patch: the body is not an object');
  if (contentType === MERGE_PATCH) return applyMergePatch(clone(old), body);
  if (contentType === STRATEGIC) return clone(applyStrategicMergePatch(old, body, resource.schema));
  throw unsupportedMediaType([JSON_PATCH, MERGE_PATCH]);
}

/** A patch whose result is no object of the kind is an invalid patch, not a bad request. */
function conformPatched(patched: JsonObject, request: ResourceRequest, server: Server, options: WriteOptions) {
  try {
    return conform(patched, request, server, options.fieldValidation);
  } catch (error) {
    if (!(error instanceof DecodeError) || request.contentType === STRATEGIC) throw error;
    throw invalid({ group: '', resource: '' }, [invalidValue('patch', JSON.stringify(patched), error.problem)]);
  }
}

function checkIdentity(object: JsonObject, request: ResourceRequest): void {
  const { name, namespace } = asObject(object.metadata);
  if (name !== request.name) {
    throw badRequest(
      `the name of the object (${String(name)}) does not match the name on the URL (${request.name ?? ''})`,
    );
  }
  if (namespace && namespace !== request.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  checkKind(object, request.resource);
}

/** A PUT with another uid is meant for another object; a patch that changes it is wrong in itself. */
function checkUid(object: StoredObject, old: StoredObject, { group, kind }: Resource): void {
  const { uid, name } = object.metadata;
  if (!uid || uid === old.metadata.uid) return;
  throw invalid({ group, resource: kind, name }, [invalidValue('metadata.uid', uid, 'field is immutable')]);
}

/** Server-side apply. Creates what is not there, except through a subresource. */
function apply(server: Server, request: ResourceRequest, old: StoredObject | undefined, options: WriteOptions): Answer {
  const { resource, subresource } = request;
  if (!request.query.get('fieldManager')) throw managerMissing();
  if (!isObject(request.body)) throw badRequest('error decoding YAML: the body is not an object');
  const config = readConfiguration(request, request.body, server, options);
  if (!old && (subresource || config.metadata.uid)) throw notFound(subjectOf(request));
  const writer: Writer = {
    manager: options.fieldManager,
    operation: 'Apply',
    apiVersion: groupVersion(resource.group, resource.version),
    subresource,
  };
  const identity = { apiVersion: config.apiVersion, kind: config.kind, metadata: { name: request.name ?? '' } };
  const live = old ? withoutOwners(inVersion(old, resource)) : identity;
  const { object, managers } = applyConfiguration(live, config, decodeManagers(old?.metadata.managedFields), {
    schema: resource.schema,
    writer,
    time: timestamp(server.clock.now()),
    isIgnored: isIgnoredBy(request),
    force: options.force,
  });
  const merged = { ...object, ...identityOf(object, identity) };
  const draft = { object: clone(merged) as StoredObject, managers };
  if (!old) return { code: 201, object: commitCreate(server, request, draft, options) };
  return { code: 200, object: commitUpdate(server, request, old, draft, options) };
}

function readConfiguration(request: ResourceRequest, body: JsonObject, server: Server, options: WriteOptions) {
  const metadata = asObject(body.metadata);
  if (!body.apiVersion || !body.kind) {
    const [group, version] = splitVersion(asString(body.apiVersion));
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${asString(body.kind)}`);
  }
  if (metadata.managedFields !== undefined && metadata.managedFields !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  metadata.name ??= request.name ?? '';
  const complete = { ...body, metadata };
  checkIdentity(complete, request);
  checkTypes(complete, request);
  return conform(complete, request, server, options.fieldValidation);
}

/** @throws KubeStatusError 500, which is how the API server refuses configurations that don't fit the schema */
function checkTypes(config: JsonObject, { resource }: ResourceRequest): void {
  const errors = typedErrors(config, resource.schema);
  if (errors.length === 0) return;
  const { name, namespace } = asObject(config.metadata);
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  const what = `${asString(namespace)}/${asString(name)}; ${asString(config.apiVersion)}, Kind=${asString(config.kind)}`;
  throw new KubeStatusError(500, '', `failed to create typed patch object (${what}): ${list}`);
}

function splitVersion(apiVersion: string): [group: string, version: string] {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

function withoutOwners(object: StoredObject): StoredObject {
  return { ...object, metadata: without(object.metadata, 'managedFields') };
}

function identityOf(object: JsonObject, identity: JsonObject): JsonObject {
  return { apiVersion: identity.apiVersion, kind: identity.kind, metadata: asObject(object.metadata) };
}

function managerMissing(): Error {
  return invalid({ group: 'meta.k8s.io', resource: 'PatchOptions' }, [
    required('fieldManager', 'is required for apply patch'),
  ]);
}
