/** Nothing is created of a custom kind that is going away. */
import { isEnding, type StoredObject } from '../base/kube-object.ts';
import { forbidden } from '../base/status-error.ts';
import type { ResourceRequest, Server } from './context.ts';
import { subjectOf } from './subject.ts';

/** @throws KubeStatusError 403 while the definition of the object's kind ends */
export function requireDefinition(server: Server, request: ResourceRequest, object: StoredObject): void {
  const { resource } = request;
  if (!resource.custom) return;
  const definition = server.store
    .collection('customresourcedefinitions.apiextensions.k8s.io')
    .get(undefined, resource.storageKey);
  if (!definition || !isEnding(definition)) return;
  const why = 'create not allowed while custom resource definition is terminating';
  throw forbidden(subjectOf(request, object.metadata.name), why);
}
