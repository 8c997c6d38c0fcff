/** Subresources that are actions: `binding` and `log` of a pod, `token` of a ServiceAccount, `finalize` of a namespace. */

import { invalidValue } from '../base/field-error.ts';
import { asArray, asObject, asString, clone, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, timestamp } from '../base/kube-object.ts';
import { badRequest, conflict, invalid, notFound } from '../base/status-error.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { storeOrFinish } from './finish.ts';
import { find } from './read.ts';
import { subjectOf } from './subject.ts';

const DEFAULT_TOKEN_SECONDS = 3600;
const SHORTEST_TOKEN_SECONDS = 600;
const LONGEST_TOKEN_SECONDS = 2 ** 32;

/** Puts a pod on a node. */
export function bindPod(server: Server, request: ResourceRequest): Answer {
  const pod = find(server, request);
  const target = asString(asObject(asObject(request.body).target).name);
  if (target === '') throw badRequest('Binding.target.name: Required value');
  const bound = asString(specOf(pod).nodeName);
  if (bound !== '') {
    throw conflict(
      { ...subjectOf(request), resource: 'pods/binding' },
      `pod ${request.name} is already assigned to node ${JSON.stringify(bound)}`,
    );
  }
  const next = clone(pod);
  next.spec = { ...specOf(next), nodeName: target };
  const status = asObject(next.status);
  const scheduled = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: timestamp(server.clock.now()),
  };
  const others = asArray(status.conditions).filter((condition) => asObject(condition).type !== 'PodScheduled');
  next.status = { ...status, conditions: [...others, scheduled] };
  server.store.update(request.resource.storageKey, next, pod);
  return { code: 201, json: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } };
}

/** A token for a ServiceAccount, bound to a pod if the request says so. */
export function requestToken(server: Server, request: ResourceRequest): Answer {
  const account = find(server, request);
  const body: JsonObject = isObject(request.body) ? request.body : {};
  const spec = asObject(body.spec);
  const asked = typeof spec.expirationSeconds === 'number' ? spec.expirationSeconds : DEFAULT_TOKEN_SECONDS;
  if (asked < SHORTEST_TOKEN_SECONDS || asked > LONGEST_TOKEN_SECONDS) {
    const detail = `may not specify a duration ${asked < SHORTEST_TOKEN_SECONDS ? 'less than 10 minutes' : 'larger than 2^32 seconds'}`;
    const subject = { group: 'authentication.k8s.io', resource: 'TokenRequest' };
    throw invalid(subject, [invalidValue('spec.expirationSeconds', asked, detail)]);
  }
  const now = server.clock.now();
  const expiresAt = now + asked * 1000;
  const audiences = asArray(spec.audiences).map(asString);
  const token = server.tokens.issue({
    namespace: request.namespace ?? '',
    serviceAccount: { name: request.name ?? '', uid: account.metadata.uid ?? '' },
    pod: boundPod(server, request, asObject(spec.boundObjectRef)),
    audiences,
    issuedAt: now,
    expiresAt,
  });
  return {
    code: 201,
    json: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: request.name, namespace: request.namespace, creationTimestamp: timestamp(now) },
      spec: {
        audiences: audiences.length > 0 ? audiences : ['https://kubernetes.default.svc'],
        expirationSeconds: asked,
        boundObjectRef: spec.boundObjectRef ?? null,
      },
      status: { token, expirationTimestamp: timestamp(expiresAt) },
    },
  };
}

function boundPod(server: Server, request: ResourceRequest, reference: JsonObject) {
  if (reference.kind === undefined) return undefined;
  if (reference.kind !== 'Pod') throw badRequest(`cannot bind token to object of type ${asString(reference.kind)}`);
  const name = asString(reference.name);
  const pod = server.store.collection('pods').get(request.namespace, name);
  if (!pod) throw notFound({ group: '', resource: 'pods', name });
  if (reference.uid && reference.uid !== pod.metadata.uid) {
    throw conflict(
      { group: '', resource: 'pods', name },
      'the UID in the bound object reference does not match the UID in record',
    );
  }
  return { name, uid: pod.metadata.uid ?? '' };
}

/** Takes the namespace's own finalizers away; the last one lets it go. */
export function finalizeNamespace(server: Server, request: ResourceRequest): Answer {
  const old = find(server, request);
  const body = asObject(request.body);
  const next: StoredObject = clone(old);
  next.spec = { ...specOf(next), finalizers: asArray(asObject(body.spec).finalizers) };
  return { code: 200, object: storeOrFinish(server, request.resource, next, old) };
}
