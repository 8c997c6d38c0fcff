import { invalidValue } from '../base/field-error.ts';
import { badRequest, invalid, notFound } from '../base/status-error.ts';
import { commitUpdate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { conform, readObject } from './decode-body.ts';
import { writeOptions } from './options.ts';
import { subjectOf } from './subject.ts';

/** PUT on an object or on its status. */
export function update(server: Server, request: ResourceRequest): Answer {
  const options = writeOptions(request, 'UpdateOptions');
  const { resource } = request;
  const object = conform(readObject(request), request, server, options.fieldValidation);
  const { name, namespace } = object.metadata;
  if (name !== request.name) {
    throw badRequest(
      `the name of the object (${name ?? ''}) does not match the name on the URL (${request.name ?? ''})`,
    );
  }
  if (namespace && namespace !== request.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const old = server.store.collection(resource.storageKey).get(request.namespace, request.name ?? '');
  if (!old) throw notFound(subjectOf(request));
  if (resource.custom && !object.metadata.resourceVersion) {
    const field = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ group: resource.group, resource: resource.plural, name }, [field]);
  }
  return { code: 200, object: commitUpdate(server, request, old, { object }, options) };
}
