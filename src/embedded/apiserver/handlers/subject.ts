/** What a request is about, for errors; and which part of an object its endpoint writes. */
import type { Subject } from '../base/status-error.ts';
import type { ResourceRequest } from './context.ts';

export function subjectOf(request: ResourceRequest, name = request.name): Subject {
  return { group: request.resource.group, resource: request.resource.plural, name };
}

/** Root members that the endpoint leaves alone: the status, or everything but the status. */
export function isIgnoredBy(request: ResourceRequest): (rootMember: string) => boolean {
  const { resource, subresource } = request;
  if (subresource === 'status') {
    return resource.custom ? (member) => member !== 'status' : (member) => member !== 'status' && member !== 'metadata';
  }
  return resource.hasStatus ? (member) => member === 'status' : () => false;
}
