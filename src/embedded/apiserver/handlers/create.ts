import type { StoredObject } from '../base/kube-object.ts';
import { KubeStatusError } from '../base/status-error.ts';
import { commitCreate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { conform, readObject } from './decode-body.ts';
import { writeOptions } from './options.ts';

export function create(server: Server, request: ResourceRequest): Answer {
  const options = writeOptions(request, 'CreateOptions');
  const object = conform(readObject(request), request, server, options.fieldValidation);
  if (object.metadata.resourceVersion) throw revisionGiven();
  const created: StoredObject = commitCreate(server, request, { object }, options);
  return { code: 201, object: created };
}

/** The API server has no better reason for it either. */
function revisionGiven(): KubeStatusError {
  return new KubeStatusError(500, '', 'resourceVersion should not be set on objects to be created');
}
