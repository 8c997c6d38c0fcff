/** The `finalize` subresource of a namespace. */
import { asArray, asObject, clone } from '../base/json.ts';
import { type StoredObject, specOf } from '../base/kube-object.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { storeOrFinish } from './finish.ts';
import { find } from './read.ts';

/** Takes the namespace's own finalizers away; the last one lets it go. */
export function finalizeNamespace(server: Server, request: ResourceRequest): Answer {
  const old = find(server, request);
  const body = asObject(request.body);
  const next: StoredObject = clone(old);
  next.spec = { ...specOf(next), finalizers: asArray(asObject(body.spec).finalizers) };
  return { code: 200, object: storeOrFinish(server, request.resource, next, old) };
}
