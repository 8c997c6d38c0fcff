/** What the API server fills into the spec of a pod, and into the pod template of a workload. */
import { asObjects, isObject, type JsonObject } from '../base/json.ts';

/** Changes `spec`. */
export function fillPodSpec(spec: JsonObject): void {
  spec.restartPolicy ??= 'Always';
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.terminationGracePeriodSeconds ??= 30;
  // What was once allowed below zero is taken for the shortest there is.
  if (Number(spec.terminationGracePeriodSeconds) < 0) spec.terminationGracePeriodSeconds = 1;
  spec.securityContext ??= {};
  if (spec.serviceAccountName && !spec.serviceAccount) spec.serviceAccount = spec.serviceAccountName;
  for (const container of [...asObjects(spec.containers), ...asObjects(spec.initContainers)]) fillContainer(container);
  for (const volume of asObjects(spec.volumes)) fillVolume(volume);
}

function fillContainer(container: JsonObject): void {
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= pullPolicy(container.image);
  container.resources ??= {};
  fillRequests(container.resources);
  for (const port of asObjects(container.ports)) port.protocol ??= 'TCP';
  for (const variable of asObjects(container.env)) {
    const from = isObject(variable.valueFrom) ? variable.valueFrom : {};
    if (isObject(from.fieldRef)) from.fieldRef.apiVersion ??= 'v1';
    if (isObject(from.resourceFieldRef)) from.resourceFieldRef.divisor ??= '0';
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (isObject(probe)) fillProbe(probe);
  }
}

/** What is limited and not asked for is asked for up to the limit. */
function fillRequests(resources: JsonObject[string]): void {
  if (!isObject(resources) || !isObject(resources.limits)) return;
  resources.requests = { ...resources.limits, ...(isObject(resources.requests) ? resources.requests : {}) };
}

function fillProbe(probe: JsonObject): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (isObject(probe.httpGet)) {
    probe.httpGet.path ??= '/';
    probe.httpGet.scheme ??= 'HTTP';
  }
}

function fillVolume(volume: JsonObject): void {
  for (const source of ['secret', 'configMap', 'projected', 'downwardAPI']) {
    const value = volume[source];
    if (isObject(value)) value.defaultMode ??= 0o644;
  }
  const projected = isObject(volume.projected) ? volume.projected : {};
  for (const source of asObjects(projected.sources)) {
    if (isObject(source.serviceAccountToken)) source.serviceAccountToken.expirationSeconds ??= 3600;
    if (isObject(source.downwardAPI)) fillReferences(source.downwardAPI);
  }
  if (isObject(volume.downwardAPI)) fillReferences(volume.downwardAPI);
  if (isObject(volume.image)) volume.image.pullPolicy ??= pullPolicy(volume.image.reference);
  if (isObject(volume.hostPath)) volume.hostPath.type ??= '';
  if (Object.keys(volume).length === 1) volume.emptyDir = {};
}

function fillReferences(source: JsonObject): void {
  for (const { fieldRef } of asObjects(source.items)) if (isObject(fieldRef)) fieldRef.apiVersion ??= 'v1';
}

function pullPolicy(image: JsonObject[string]): string {
  return isLatest(String(image ?? '')) ? 'Always' : 'IfNotPresent';
}

function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const tag = /:([^:/]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest';
}
