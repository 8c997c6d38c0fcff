import { notSupported, required } from '../base/field-error.ts';
import { asArray, asObject, asString, clone, isObject, type JsonObject } from '../base/json.ts';
import { specOf, timestamp } from '../base/kube-object.ts';
import { badRequest, conflict, invalid } from '../base/status-error.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { find } from './read.ts';
import { subjectOf } from './subject.ts';

/** The `binding` subresource: puts a pod on a node. */
export function bindPod(server: Server, request: ResourceRequest): Answer {
  const body: JsonObject = isObject(request.body) ? request.body : {};
  if (asObject(body.metadata).name !== request.name)
    throw badRequest('name in URL does not match name in Binding object');
  const target = asObject(body.target);
  checkTarget(target, request);
  const pod = find(server, request);
  const refuse = (why: string) => conflict({ ...subjectOf(request), resource: 'pods/binding' }, why);
  const bound = asString(specOf(pod).nodeName);
  if (bound !== '') throw refuse(`pod ${request.name} is already assigned to node ${JSON.stringify(bound)}`);
  if (pod.metadata.deletionTimestamp)
    throw refuse(`pod ${request.name} is being deleted, cannot be assigned to a host`);
  if (asArray(specOf(pod).schedulingGates).length > 0) {
    throw refuse(`pod ${request.name} has non-empty .spec.schedulingGates`);
  }
  const next = clone(pod);
  next.spec = { ...specOf(next), nodeName: asString(target.name) };
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

function checkTarget({ kind, name }: JsonObject, request: ResourceRequest): void {
  const kinds = ['Node', '<empty>'];
  const errors = [
    ...(kind && kind !== 'Node' ? [notSupported('target.kind', kind, kinds)] : []),
    ...(name ? [] : [required('target.name')]),
  ];
  if (errors.length > 0) throw invalid({ group: '', resource: 'Binding', name: request.name }, errors);
}
