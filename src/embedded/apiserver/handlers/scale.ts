/** The scale subresource: the replicas of an object as `autoscaling/v1` Scale. */

import { decodeManagers, type Managers } from '../apply/managers.ts';
import { hasPath } from '../apply/path-set.ts';
import { invalidValue } from '../base/field-error.ts';
import { at, clone, isObject, type JsonObject, type JsonValue, put } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { badRequest, conflict, internalError, invalid, STALE } from '../base/status-error.ts';
import { inVersion, type Resource, type ScalePaths } from '../registry/resource.ts';
import { selectorText } from '../tables/selector-text.ts';
import { commitUpdate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { checkPlace } from './decode-body.ts';
import { type WriteOptions, writeOptions } from './options.ts';
import { checkForm, invalidPatch, patchedObject } from './patch.ts';
import { find } from './read.ts';
import { subjectOf } from './subject.ts';

/** @throws KubeStatusError 500 for a custom resource without replicas */
export function getScale(server: Server, request: ResourceRequest, paths: ScalePaths): Answer {
  const object = find(server, request);
  if (request.resource.custom && at(object, paths.specReplicas) === undefined) {
    throw internalError(`the spec replicas field ".${paths.specReplicas.join('.')}" does not exist`);
  }
  return { code: 200, json: scaleOf(object, paths) };
}

export function updateScale(server: Server, request: ResourceRequest, paths: ScalePaths): Answer {
  if (!isObject(request.body)) throw badRequest('the body is not an object');
  const problem = typeProblem(request.body);
  if (problem) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
  return writeScale(server, request, paths, request.body, writeOptions(request, 'UpdateOptions'));
}

export function patchScale(server: Server, request: ResourceRequest, paths: ScalePaths): Answer {
  const options = writeOptions(request, 'PatchOptions');
  checkForm(request);
  const scale = patchedObject(scaleOf(find(server, request), paths), request);
  const problem = typeProblem(scale);
  if (problem) throw invalidPatch(JSON.stringify(scale), problem);
  return writeScale(server, request, paths, scale, options);
}

function typeProblem(scale: JsonObject): string | undefined {
  const replicas = at(scale, ['spec', 'replicas']) ?? 0;
  if (Number.isInteger(replicas)) return undefined;
  return `json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`;
}

function writeScale(
  server: Server,
  request: ResourceRequest,
  paths: ScalePaths,
  scale: JsonObject,
  options: WriteOptions,
): Answer {
  const old = find(server, request);
  checkPlace(scale, request);
  const replicas = Number(at(scale, ['spec', 'replicas']) ?? 0);
  if (replicas < 0) throw negative(request, replicas);
  const revision = at(scale, ['metadata', 'resourceVersion']);
  if (revision && revision !== old.metadata.resourceVersion) throw conflict(subjectOf(request), STALE);
  const object = clone(inVersion(old, request.resource));
  put(object, paths.specReplicas, replicas);
  // The replicas belong to the main resource, whoever writes them through here.
  const target = { ...request, subresource: undefined };
  const draft = { object, writtenThrough: 'scale', ...unowned(old, paths) };
  return { code: 200, json: scaleOf(commitUpdate(server, target, old, draft, options), paths) };
}

function negative({ resource, name }: ResourceRequest, replicas: number): Error {
  const [field, detail] = resource.custom
    ? ['.spec.replicas', 'should be a non-negative integer']
    : ['spec.replicas', 'must be greater than or equal to 0'];
  return invalid({ ...kindOf(resource), name }, [invalidValue(field, replicas, detail)]);
}

function kindOf({ custom, group, kind }: Resource) {
  return custom ? { group, resource: kind } : { group: 'autoscaling', resource: 'Scale' };
}

/** Replicas that nobody owns stay so. */
function unowned(old: StoredObject, paths: ScalePaths): { managers?: Managers } {
  const managers = decodeManagers(old.metadata.managedFields);
  const isOwned = [...managers.values()].some(({ set }) => hasPath(set, paths.specReplicas));
  return isOwned ? {} : { managers };
}

function scaleOf(object: StoredObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.selector ? selectorOf(at(object, paths.selector)) : '';
  const replicas = at(object, paths.specReplicas);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { ...(replicas ? { replicas } : {}) },
    status: { replicas: at(object, paths.statusReplicas) ?? 0, ...(selector ? { selector } : {}) },
  };
}

function selectorOf(selector: JsonValue | undefined): string {
  return typeof selector === 'string' || selector === undefined ? (selector ?? '') : selectorText(selector);
}
