/** The scale subresource: the replicas of an object as `autoscaling/v1` Scale. */

import { invalidValue } from '../base/field-error.ts';
import { asObject, at, clone, isObject, type JsonObject, type JsonValue, put } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { badRequest, conflict, invalid, STALE } from '../base/status-error.ts';
import { inVersion, type ScalePaths } from '../registry/resource.ts';
import { commitUpdate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { writeOptions } from './options.ts';
import { patchedObject } from './patch.ts';
import { find } from './read.ts';
import { subjectOf } from './subject.ts';

export function getScale(server: Server, request: ResourceRequest, paths: ScalePaths): Answer {
  return { code: 200, json: scaleOf(find(server, request), paths) };
}

export function updateScale(server: Server, request: ResourceRequest, paths: ScalePaths): Answer {
  if (!isObject(request.body)) throw badRequest('the body is not an object');
  return writeScale(server, request, paths, request.body, writeOptions(request, 'UpdateOptions'));
}

export function patchScale(server: Server, request: ResourceRequest, paths: ScalePaths): Answer {
  const options = writeOptions(request, 'PatchOptions');
  const scale = patchedObject(scaleOf(find(server, request), paths), request);
  return writeScale(server, request, paths, scale, options);
}

function writeScale(
  server: Server,
  request: ResourceRequest,
  paths: ScalePaths,
  scale: JsonObject,
  options: ReturnType<typeof writeOptions>,
): Answer {
  const old = find(server, request);
  const replicas = at(scale, ['spec', 'replicas']) ?? 0;
  if (typeof replicas !== 'number' || replicas < 0 || !Number.isInteger(replicas)) {
    const error = invalidValue('spec.replicas', replicas, 'should be a non-negative integer');
    throw invalid({ group: 'autoscaling', resource: 'Scale', name: request.name }, [error]);
  }
  const revision = asObject(scale.metadata).resourceVersion;
  if (revision && revision !== old.metadata.resourceVersion) throw conflict(subjectOf(request), STALE);
  const object = clone(inVersion(old, request.resource));
  put(object, paths.specReplicas, replicas);
  // The replicas belong to the main resource, whoever writes them through here.
  const target = { ...request, subresource: undefined };
  return {
    code: 200,
    json: scaleOf(commitUpdate(server, target, old, { object, writtenThrough: 'scale' }, options), paths),
  };
}

function scaleOf(object: StoredObject, paths: ScalePaths): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.selector ? selectorText(at(object, paths.selector)) : '';
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: at(object, paths.specReplicas) ?? 0 },
    status: { replicas: at(object, paths.statusReplicas) ?? 0, ...(selector ? { selector } : {}) },
  };
}

function selectorText(selector: JsonValue | undefined): string {
  if (typeof selector === 'string') return selector;
  const labels = Object.entries(asObject(asObject(selector).matchLabels));
  return labels
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(',');
}
