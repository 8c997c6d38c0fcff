/** PATCH in its four forms. */

import { fieldsLastApplied, keepInStep } from '../apply/last-applied.ts';
import { decodeManagers, type Writer } from '../apply/managers.ts';
import { applyConfiguration, ownersBefore } from '../apply/ownership.ts';
import { typedErrors } from '../apply/typed-errors.ts';
import { invalidValue, required } from '../base/field-error.ts';
import { goText } from '../base/go-text.ts';
import { asObject, asString, clone, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, timestamp, without } from '../base/kube-object.ts';
import {
  badRequest,
  conflict,
  invalid,
  KubeStatusError,
  notFound,
  unsupportedMediaType,
} from '../base/status-error.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge.ts';
import { apiVersionOf, inVersion, type Resource } from '../registry/resource.ts';
import { commitCreate, commitUpdate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { checkKind, checkPlace, conform, DecodeError } from './decode-body.ts';
import { type WriteOptions, writeOptions } from './options.ts';
import type { Draft } from './record-owners.ts';
import { isIgnoredBy, subjectOf } from './subject.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

export function patch(server: Server, request: ResourceRequest): Answer {
  const options = writeOptions(request, 'PatchOptions');
  const old = server.store.collection(request.resource.storageKey).get(request.namespace, request.name ?? '');
  if (request.contentType === APPLY) return apply(server, request, old, options);
  checkForm(request);
  if (!old) throw notFound(subjectOf(request));
  const patched = patchedObject(inVersion(old, request.resource), request);
  checkPlace(patched, request);
  checkPatchedKind(patched, request);
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

/** @throws KubeStatusError 415 for a form of patch that custom resources don't take */
export function checkForm({ contentType, resource }: ResourceRequest): void {
  const accepted = [JSON_PATCH, MERGE_PATCH, APPLY];
  if (resource.custom && !accepted.includes(contentType)) throw unsupportedMediaType(accepted);
}

/** A patch whose result is no object of the kind is an invalid patch, not a bad request. */
function conformPatched(patched: JsonObject, request: ResourceRequest, server: Server, options: WriteOptions) {
  try {
    return conform(patched, request, server, options.fieldValidation);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const shown = request.contentType === STRATEGIC ? goText(request.body) : JSON.stringify(patched);
    throw invalidPatch(shown, error.problem);
  }
}

/** A patch whose result can't be read. */
export function invalidPatch(shown: string, problem: string): KubeStatusError {
  return invalid({ group: '', resource: '' }, [invalidValue('patch', shown, problem)]);
}

/** A patch may not make another kind of an object. */
function checkPatchedKind(object: JsonObject, { resource }: ResourceRequest): void {
  const { apiVersion, kind } = object;
  const expected = apiVersionOf(resource);
  if (apiVersion === expected && kind === resource.kind) return;
  if (!resource.custom) {
    const registered = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
    throw invalidPatch(JSON.stringify(object), `${registered} in scheme "pkg/runtime/scheme.go:111"`);
  }
  if (apiVersion === expected) {
    checkKind(object, resource);
    return;
  }
  const [group] = splitVersion(asString(apiVersion));
  const subject = { group, resource: asString(kind), name: asString(asObject(object.metadata).name) };
  throw invalid(subject, [invalidValue('apiVersion', apiVersion, `must be ${expected}`)]);
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
  const body = old ? withName(request.body, request) : request.body;
  const config = readConfiguration(request, body, server, options);
  const { uid } = config.metadata;
  if (!old && subresource) throw notFound(subjectOf(request));
  if (!old && uid) {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(subjectOf(request), why);
  }
  if (old) checkUid(config, old, resource);
  const draft = configured(server, request, old, config, options);
  if (!old) return { code: 201, object: commitCreate(server, request, draft, options) };
  return { code: 200, object: commitUpdate(server, request, old, draft, options) };
}

/** The object with the configuration laid over it. */
function configured(
  server: Server,
  request: ResourceRequest,
  old: StoredObject | undefined,
  config: StoredObject,
  { fieldManager: manager, force }: WriteOptions,
): Draft {
  const { resource, subresource } = request;
  const { schema } = resource;
  const writer: Writer = {
    manager,
    operation: 'Apply',
    apiVersion: apiVersionOf(resource),
    subresource,
  };
  const identity = { apiVersion: config.apiVersion, kind: config.kind, metadata: { name: request.name ?? '' } };
  const live = old ? withoutOwners(inVersion(old, resource)) : identity;
  const context = { schema, writer, time: timestamp(server.clock.now()), isIgnored: isIgnoredBy(request) };
  const known = decodeManagers(old?.metadata.managedFields);
  const { object, managers } = applyConfiguration(
    live,
    config,
    old && known.size === 0 ? ownersBefore(live, context) : known,
    {
      ...context,
      force,
      free: fieldsLastApplied(live, manager, schema),
      ...(resource.custom ? { emptied: null } : {}),
    },
  );
  keepInStep(object, asObject(request.body), manager);
  const merged = { ...object, ...identityOf(object, identity) };
  return { object: clone(merged) as StoredObject, managers, isApplied: true };
}

/** A configuration for what is there already need not name it. */
function withName(body: JsonObject, { name }: ResourceRequest): JsonObject {
  const metadata = asObject(body.metadata);
  return metadata.name ? body : { ...body, metadata: { ...metadata, name } };
}

function readConfiguration(request: ResourceRequest, body: JsonObject, server: Server, options: WriteOptions) {
  const metadata = asObject(body.metadata);
  if (!body.apiVersion || !body.kind) throw badRequest(`invalid object type: ${typeText(body)}`);
  if (metadata.managedFields !== undefined && metadata.managedFields !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const complete = { ...body, metadata };
  checkPlace(complete, request);
  checkConfiguredKind(complete, request.resource);
  checkTypes(complete, request);
  return conform(complete, request, server, options.fieldValidation);
}

function checkConfiguredKind(config: JsonObject, resource: Resource): void {
  if (config.apiVersion === apiVersionOf(resource) && config.kind === resource.kind) return;
  throw badRequest(`invalid object type: ${typeText(config)}`);
}

function typeText({ apiVersion, kind }: JsonObject): string {
  const [group, version] = splitVersion(asString(apiVersion));
  return `${group}/${version}, Kind=${asString(kind)}`;
}

/** @throws KubeStatusError 500, which is how the API server refuses configurations that don't fit the schema */
function checkTypes(config: JsonObject, { resource }: ResourceRequest): void {
  const errors = typedErrors(config, resource.schema);
  if (errors.length === 0) return;
  const { name, namespace } = asObject(config.metadata);
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  const what = `${asString(namespace)}/${asString(name)}; ${typeText(config)}`;
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
